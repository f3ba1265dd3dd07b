import { getHeapStatistics } from 'node:v8';
import { authenticate, type Caller, touchKey } from '@formwork/directory';
import {
  type BatchReport,
  type ControlPlane,
  connectControlPlane,
  connectDataPlane,
  type DataPlane,
} from '@formwork/pg';
import { Memory, ReadPlans, WritePlans } from '@formwork/records';
import { buildGraphqlSchema } from '@formwork/schema-factory';
import { Callers } from './access/callers.ts';
import { RequestRates } from './access/request-rates.ts';
import { createTokens, type FindByToken, isToken } from './access/tokens.ts';
import { type Closer, closeInTurn } from './close-in-turn.ts';
import { completeConfig, type GatewayConfig, type GatewayOptions } from './config.ts';
import { createRoutes } from './create-routes.ts';
import { route } from './http/router.ts';
import { startServer } from './http/server.ts';
import { createLogger, type Logger } from './log.ts';
import { measureProcess } from './measure-process.ts';
import { Metrics } from './metrics.ts';
import { Documents } from './operations/documents.ts';
import { SchemaTexts } from './operations/schema-texts.ts';
import { SharedWrites } from './operations/shared-writes.ts';
import type { Services } from './services.ts';
import { startJobWorker } from './start-job-worker.ts';
import { hearChanges } from './tenants/hear-changes.ts';
import { loadTenantRegistry } from './tenants/load-tenant-registry.ts';
import { TenantStates } from './tenants/tenant-states.ts';
import { DocumentRecorder } from './trusted/document-recorder.ts';
import { TrustedDocuments } from './trusted/trusted-documents.ts';
import { ClosingUses } from './usage/closing-uses.ts';
import { UsageLedger } from './usage/usage-ledger.ts';
import { UsageReporter } from './usage/usage-reporter.ts';

export interface Gateway {
  /** Without a slash at the end. */
  readonly url: string;
  /**
   * Finishes what is in flight within `closeTimeout`, then tells the database what it has to and closes all connections,
   * for which it takes seconds at most: what does not end by then, for Postgres has died or stands still, is in the log.
   */
  close(): Promise<void>;
}

/**
 * Starts a gateway on a migrated Postgres.
 *
 * @throws when the port cannot be had or Postgres does not answer; nothing stays open then
 */
export async function startGateway(config: GatewayConfig, logger?: Logger): Promise<Gateway> {
  const options = completeConfig(config);
  const log = logger ?? createLogger(options);
  const dataPlane = connectDataPlane({
    url: options.gatewayUrl,
    max: options.poolSize,
    ...(options.tenantTransactions === 0 ? {} : { maxPerTenant: options.tenantTransactions }),
    budget: options.requestTimeout,
    ...(log.isLevelEnabled('debug') ? { onBatch: (batch) => logBatch(log, batch) } : {}),
  });
  const control = connectControlPlane({ url: options.designerUrl });
  const closers: Closer[] = [
    { what: 'the connections of requests', close: () => dataPlane.close() },
    { what: 'the connections of jobs and designs', close: () => control.close() },
  ];
  const closeAll = () => closeInTurn(closers.splice(0).reverse(), log);
  try {
    const services = createServices(options, log, dataPlane, control);
    closers.push({ what: 'the documents that were recorded', close: () => services.recorder.close() });
    const changes = await hearChanges(control, services);
    closers.push({ what: 'announcements of changes', close: async () => changes.close() });
    // Of its own: while designs change on all others for long, a gateway must not be taken for dead.
    const reporting = connectControlPlane({ url: options.designerUrl, max: 1 });
    closers.push({ what: 'the connection that tells of use', close: () => reporting.close() });
    const reporter = await UsageReporter.start(reporting, services);
    closers.push({ what: 'what clients have used', close: () => reporter.close() });
    if (options.jobs) {
      const worker = await startJobWorker(control, services);
      closers.push({ what: 'the job under way', close: () => worker.close() });
    }
    const routes = createRoutes(services, control);
    const server = await startServer(services, (exchange) => route(exchange, routes));
    return { url: server.url, close: () => server.close().then(closeAll) };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function logBatch(log: Logger, { tenantId, statements, milliseconds, failed }: BatchReport): void {
  log.debug({ tenantId, statements, milliseconds, failed, count: statements.length }, 'batch');
}

function createServices(
  options: GatewayOptions,
  log: Logger,
  dataPlane: DataPlane,
  control: ControlPlane,
): Services {
  const metrics = new Metrics();
  const byToken = createTokens(options, dataPlane, log);
  const callers = new Callers({
    ...options,
    authenticate: (key) => findCaller(dataPlane, key, byToken, log),
  });
  const memory = new Memory(options.cache === 0 ? usualCache() : options.cache);
  const states = new TenantStates({
    memory,
    load: (tenantId) => loadTenantRegistry(dataPlane, tenantId),
    build: buildGraphqlSchema,
  });
  const rates = new RequestRates(options);
  const documents = new Documents({ ...options, memory, onChecked: (shape) => states.weighSchema(shape) });
  const trusted = new TrustedDocuments(memory);
  const recorder = new DocumentRecorder(control, options, log);
  const schemaTexts = new SchemaTexts(memory);
  const usage = new UsageLedger();
  const closings = new ClosingUses(control);
  for (const name of ['tenants', 'registries', 'schemas', 'registryBytes', 'schemaBytes'] as const) {
    metrics.gauge(`cache_${name.replace('Bytes', '_bytes')}`, () => states.sizes[name]);
  }
  metrics.gauge('cache_documents', () => documents.size);
  metrics.gauge('cache_trusted_documents', () => trusted.size);
  metrics.gauge('cache_keys', () => callers.size);
  metrics.gauge('usage_untold', () => usage.size);
  const { defaultPage, maxPage, maxBatch } = options;
  // A page that is given when none is asked for is not larger than one that may be.
  const recordLimits = {
    defaultPage: Math.min(defaultPage, maxPage),
    largestPage: maxPage,
    nodes: maxPage,
    writes: maxBatch,
  };
  const plans = new ReadPlans({
    cursorSecret: options.secret,
    limits: recordLimits,
    memory,
  });
  metrics.gauge('cache_bytes', () => memory.bytes);
  metrics.gauge('cache_limit_bytes', () => memory.most);
  metrics.gauge('plans_made', () => plans.made);
  measureProcess(metrics);
  for (const name of ['open', 'busy', 'waiting'] as const) {
    metrics.gauge(`connections_${name}`, () => dataPlane.load[name]);
  }
  return {
    options,
    log,
    dataPlane,
    callers,
    rates,
    recordLimits,
    plans,
    writePlans: new WritePlans(plans, recordLimits),
    sharedWrites: new SharedWrites(dataPlane),
    states,
    documents,
    trusted,
    recorder,
    schemaTexts,
    metrics,
    usage,
    closings,
  };
}

/** Bytes, where nothing is said. The rest of the heap is for requests, and for garbage that is still to be collected. */
function usualCache(): number {
  return Math.min(getHeapStatistics().heap_size_limit / 4, 512 * 1024 * 1024);
}

/** Notes the use of a key beside the request that uses it, which does not wait for that. */
async function findCaller(
  dataPlane: DataPlane,
  key: string,
  byToken: FindByToken | null,
  log: Logger,
): Promise<Caller | null> {
  if (byToken !== null && isToken(key)) return byToken(key);
  const caller = await authenticate(dataPlane, key);
  if (caller !== null && caller.keyId !== null) {
    touchKey(dataPlane, caller.tenant.id, caller.keyId).catch((error: unknown) =>
      log.debug({ err: error }, 'the use of a key was not noted'),
    );
  }
  return caller;
}
