import { type Settings, settings } from './settings.ts';

/** What a gateway runs with. */
export interface GatewayOptions
  extends Pick<
    Settings,
    | 'port'
    | 'host'
    | 'logLevel'
    | 'poolSize'
    | 'requestTimeout'
    | 'closeTimeout'
    | 'maxBody'
    | 'maxDocument'
    | 'maxTokens'
    | 'maxDepth'
    | 'maxAliases'
    | 'maxRootFields'
    | 'maxRecords'
    | 'maxCost'
    | 'defaultPage'
    | 'maxPage'
    | 'maxBatch'
    | 'tenantRequests'
    | 'tenantTransactions'
    | 'trustedDocuments'
    | 'batching'
    | 'links'
    | 'queries'
    | 'cache'
    | 'keyCacheSeconds'
    | 'usageSeconds'
    | 'usageWindowDays'
    | 'fillLimit'
    | 'jwtSecret'
    | 'jwtPublicKey'
    | 'jwtJwksUrl'
    | 'jwtJwksCacheSeconds'
    | 'jwtJwksCooldownSeconds'
    | 'jwtIssuer'
    | 'jwtAudience'
    | 'jwtClockSkew'
    | 'jwtTenantClaim'
    | 'jwtRoleClaim'
    | 'jwtSubjectClaim'
    | 'jobs'
    | 'jobBatch'
    | 'jobLoad'
    | 'jobLeaseSeconds'
    | 'introspection'
    | 'graphiql'
    | 'corsOrigins'
  > {
  /** Postgres as formwork_gateway. */
  readonly gatewayUrl: string;
  /** Postgres as formwork_designer, and not through a transaction pooler (LISTEN). */
  readonly designerUrl: string;
  /** Signs cursors; the same for all gateways. */
  readonly secret: string;
  /** Off: yoga's own HTTP layer answers everything. The conformance suite compares the two. */
  readonly fastLane: boolean;
}

/** The three that have no default, and whichever others are to differ from `settings`. */
export type GatewayConfig = Pick<GatewayOptions, 'gatewayUrl' | 'designerUrl' | 'secret'> &
  Partial<GatewayOptions>;

/** Fills in the defaults of the settings table. */
export function completeConfig(config: GatewayConfig): GatewayOptions {
  const defaults = Object.fromEntries(
    Object.entries(settings).map(([key, setting]) => [key, setting.parse(undefined)]),
  ) as Settings;
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
  return { ...defaults, fastLane: true, ...(given as GatewayConfig) };
}
