import {
  assertJwksUrl,
  assertOrigin,
  assertPostgresUrl,
  assertPublicKey,
  assertSecret,
  assertTokenSecret,
  choice,
  flag,
  integer,
  list,
  optionalText,
  type Setting,
  text,
} from './setting-kinds.ts';

const mebibyte = 1024 * 1024;

/** Every environment variable that Formwork knows. `formwork --help` prints this table. */
export const settings = {
  port: integer('FORMWORK_PORT', 4000, { min: 0, max: 65_535 }, 'Port to listen on; 0 takes a free one.'),
  host: text('FORMWORK_HOST', '127.0.0.1', 'Address to listen on; 0.0.0.0 for every interface.'),
  dataDir: text('FORMWORK_DATA_DIR', '.formwork', 'Where the embedded Postgres keeps its data.'),
  databaseUrl: optionalText(
    'DATABASE_URL',
    'An administrator of a Postgres of your own (15 or later); unset: the embedded one.',
    assertPostgresUrl,
  ),
  gatewayUrl: optionalText(
    'FORMWORK_GATEWAY_URL',
    'Postgres as formwork_gateway; made from DATABASE_URL where unset.',
    assertPostgresUrl,
  ),
  designerUrl: optionalText(
    'FORMWORK_DESIGNER_URL',
    'Postgres as formwork_designer, not through a transaction pooler; made from DATABASE_URL where unset.',
    assertPostgresUrl,
  ),
  systemUrl: optionalText(
    'FORMWORK_SYSTEM_URL',
    'Postgres as formwork_system, for jobs across all tenants ("formwork verify --all"); no gateway uses it. "formwork system enable" makes it.',
    assertPostgresUrl,
  ),
  secret: optionalText(
    'FORMWORK_SECRET',
    'Signs cursors: the same for all gateways. Unset: one is made and kept in the database.',
    assertSecret,
  ),
  logLevel: choice(
    'FORMWORK_LOG_LEVEL',
    'info',
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'debug shows the SQL of each batch.',
  ),
  poolSize: integer('FORMWORK_POOL_SIZE', 10, { min: 1, max: 1000 }, 'Postgres connections of one gateway.'),
  requestTimeout: integer(
    'FORMWORK_REQUEST_TIMEOUT',
    30_000,
    { min: 10, max: 3_600_000 },
    'Milliseconds that one request may take.',
  ),
  closeTimeout: integer(
    'FORMWORK_CLOSE_TIMEOUT',
    10_000,
    { min: 0, max: 600_000 },
    'Milliseconds that requests in flight are given when the gateway stops.',
  ),
  maxBody: integer(
    'FORMWORK_MAX_BODY',
    8 * mebibyte,
    { min: 1000, max: 1024 * mebibyte },
    'Bytes in a request body.',
  ),
  maxDocument: integer(
    'FORMWORK_MAX_DOCUMENT',
    100_000,
    { min: 100, max: 100_000_000 },
    'Characters in a GraphQL document.',
  ),
  maxTokens: integer(
    'FORMWORK_MAX_TOKENS',
    10_000,
    { min: 10, max: 10_000_000 },
    'Tokens in a GraphQL document.',
  ),
  maxDepth: integer('FORMWORK_MAX_DEPTH', 20, { min: 1, max: 1000 }, 'Levels of nested selections.'),
  maxAliases: integer('FORMWORK_MAX_ALIASES', 200, { min: 0, max: 100_000 }, 'Aliases in one operation.'),
  maxRootFields: integer(
    'FORMWORK_MAX_ROOT_FIELDS',
    100,
    { min: 1, max: 100_000 },
    'Root fields of one operation.',
  ),
  maxRecords: integer(
    'FORMWORK_MAX_RECORDS',
    100_000,
    { min: 1, max: 100_000_000 },
    'Records in one answer, each counted as often as it stands there.',
  ),
  maxCost: integer(
    'FORMWORK_MAX_COST',
    10_000_000,
    { min: 1, max: 1_000_000_000_000 },
    'Records that one operation may ask for, were all its pages full: told before anything runs.',
  ),
  defaultPage: integer(
    'FORMWORK_DEFAULT_PAGE',
    50,
    { min: 1, max: 10_000 },
    'Records of a page when a list says neither first nor last.',
  ),
  maxPage: integer(
    'FORMWORK_MAX_PAGE',
    1_000,
    { min: 1, max: 10_000 },
    'Records of a page at most, and ids of nodes(ids).',
  ),
  maxBatch: integer(
    'FORMWORK_MAX_BATCH',
    10_000,
    { min: 1, max: 100_000 },
    'Records that one mutation field may create, change or delete.',
  ),
  tenantRequests: integer(
    'FORMWORK_TENANT_REQUESTS',
    5_000,
    { min: 1, max: 1_000_000 },
    'Requests per second of one tenant that one gateway takes; others are told when to come again (429).',
  ),
  tenantTransactions: integer(
    'FORMWORK_TENANT_TRANSACTIONS',
    0,
    { min: 0, max: 1000 },
    'Transactions of one tenant at once in one gateway, the others wait; 0: two thirds of FORMWORK_POOL_SIZE.',
  ),
  batching: integer(
    'FORMWORK_BATCHING',
    0,
    { min: 0, max: 1000 },
    'Operations that one request may bring along as a JSON list; 0: a list is refused. Rate and cost are those of all of them.',
  ),
  trustedDocuments: integer(
    'FORMWORK_TRUSTED_DOCUMENTS',
    5_000,
    { min: 1, max: 1_000_000 },
    'Trusted documents of one tenant at most, added and recorded.',
  ),
  links: choice(
    'FORMWORK_LINKS',
    'nested',
    ['nested', 'loaders'],
    'How queries read what is behind links: in the statement that reads the record, or by statements of their own.',
  ),
  queries: choice(
    'FORMWORK_QUERIES',
    'planned',
    ['planned', 'executed'],
    'How operations are carried out: by reads and writes that are planned for the document as a whole, as far as they can be, or field by field.',
  ),
  cache: integer(
    'FORMWORK_CACHE',
    0,
    { min: 0, max: 1024 * 1024 * mebibyte },
    'Bytes of all that is kept between requests: registries, schemas, documents, plans, validators, texts. What was not used the longest goes first. 0: a quarter of the heap that Node may have, at most 512 MiB.',
  ),
  keyCacheSeconds: integer(
    'FORMWORK_KEY_CACHE_SECONDS',
    60,
    { min: 0, max: 3600 },
    'Seconds that a verified API key or token is remembered; revoking a key takes effect at once all the same.',
  ),
  jwtSecret: optionalText(
    'FORMWORK_JWT_SECRET',
    'Secret that JSON Web Tokens are signed with (HS256, HS384, HS512). One of this, the public key and the JWKS lets tokens in.',
    assertTokenSecret,
  ),
  jwtPublicKey: optionalText(
    'FORMWORK_JWT_PUBLIC_KEY',
    'Public key, as PEM (\\n for line ends is fine), of whoever signs tokens: RSA (RS256 …) or EC (ES256 …).',
    assertPublicKey,
  ),
  jwtJwksUrl: optionalText(
    'FORMWORK_JWT_JWKS_URL',
    'Where the public keys of whoever signs tokens are published, as a JWK Set (RS and ES).',
    assertJwksUrl,
  ),
  jwtJwksCacheSeconds: integer(
    'FORMWORK_JWT_JWKS_CACHE_SECONDS',
    600,
    { min: 1, max: 86_400 },
    'Seconds that published keys are kept before they are read again.',
  ),
  jwtJwksCooldownSeconds: integer(
    'FORMWORK_JWT_JWKS_COOLDOWN_SECONDS',
    30,
    { min: 0, max: 3600 },
    'Seconds at least between two readings, however many tokens name a key that is unknown.',
  ),
  jwtIssuer: optionalText('FORMWORK_JWT_ISSUER', 'What tokens must have as "iss"; unset: not looked at.'),
  jwtAudience: optionalText(
    'FORMWORK_JWT_AUDIENCE',
    'What tokens must have as "aud", or in it; unset: not looked at.',
  ),
  jwtClockSkew: integer(
    'FORMWORK_JWT_CLOCK_SKEW',
    30,
    { min: 0, max: 3600 },
    'Seconds that the clocks of issuer and gateway may differ by.',
  ),
  jwtTenantClaim: text(
    'FORMWORK_JWT_TENANT_CLAIM',
    'tenant',
    "Claim with the tenant's slug; dots lead into objects.",
  ),
  jwtRoleClaim: text('FORMWORK_JWT_ROLE_CLAIM', 'role', 'Claim with the role; dots lead into objects.'),
  jwtSubjectClaim: text(
    'FORMWORK_JWT_SUBJECT_CLAIM',
    'sub',
    'Claim with whoever it is: createdBy of records is "user:<subject>".',
  ),
  usageSeconds: integer(
    'FORMWORK_USAGE_SECONDS',
    10,
    { min: 1, max: 3600 },
    'Seconds between two times that a gateway tells the database which client used which field.',
  ),
  usageWindowDays: integer(
    'FORMWORK_USAGE_WINDOW_DAYS',
    30,
    { min: 0, max: 3650 },
    'Days for which a field or name must not have been used before it may be taken away; designers may say otherwise.',
  ),
  fillLimit: integer(
    'FORMWORK_FILL_LIMIT',
    200_000,
    { min: 0, max: 100_000_000 },
    'Records that a change of a registry touches itself, while writers wait; new slots and keys of more are filled by a job.',
  ),
  jobs: flag(
    'FORMWORK_JOBS',
    true,
    'Whether the gateway works on jobs that changes of registries leave behind; "formwork jobs run" does it too.',
  ),
  jobBatch: integer(
    'FORMWORK_JOB_BATCH',
    500,
    { min: 1, max: 100_000 },
    'Records that a job touches in one transaction, for which a change of the registry waits.',
  ),
  jobLoad: integer(
    'FORMWORK_JOB_LOAD',
    50,
    { min: 1, max: 100 },
    'Per cent of the time that a job is worked on; it rests the remainder.',
  ),
  jobLeaseSeconds: integer(
    'FORMWORK_JOB_LEASE_SECONDS',
    15,
    { min: 1, max: 3600 },
    'Seconds without a sign of life of a gateway after which another takes its job over.',
  ),
  introspection: flag(
    'FORMWORK_INTROSPECTION',
    true,
    'Whether clients may read the schema, /schema.graphql included.',
  ),
  graphiql: flag('FORMWORK_GRAPHIQL', true, 'Whether a browser gets GraphiQL.'),
  corsOrigins: list(
    'FORMWORK_CORS_ORIGINS',
    'Origins whose pages may call the gateway, with commas between; none by default.',
    assertOrigin,
  ),
} satisfies Readonly<Record<string, Setting<unknown>>>;

export type Settings = { readonly [K in keyof typeof settings]: ReturnType<(typeof settings)[K]['parse']> };

/** Thrown when a setting cannot be read: one line for each that is wrong. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
  }
}

/**
 * Reads all settings from the environment; a variable that is empty counts as unset.
 *
 * @throws SettingsError naming every variable that is wrong and what it must be
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const read = Object.entries<Setting<unknown>>(settings).map(([key, setting]) => {
    const given = environment[setting.name];
    try {
      return [key, setting.parse(given === '' ? undefined : given)];
    } catch (error) {
      problems.push(`${setting.name} ${error instanceof Error ? error.message : String(error)}.`);
      return [key, undefined];
    }
  });
  const result = Object.fromEntries(read) as Settings;
  if ([result.jwtSecret, result.jwtPublicKey, result.jwtJwksUrl].filter(Boolean).length > 1) {
    problems.push(
      'FORMWORK_JWT_SECRET, FORMWORK_JWT_PUBLIC_KEY and FORMWORK_JWT_JWKS_URL exclude each other: set one.',
    );
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return result;
}

/** Variables that begin as ours do and are none: most likely misspelled. */
export function unknownSettings(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set<string>(Object.values(settings).map(({ name }) => name));
  return Object.keys(environment).filter((name) => name.startsWith('FORMWORK_') && !known.has(name));
}
