import { DatabaseError, type TenantTransaction, type TenantVersions } from '@formwork/pg';
import { createRecords, RecordError } from '@formwork/records';
import { type ExecutionResult, execute, GraphQLError } from 'graphql';
import { causeOf } from '../present-errors.ts';
import { requestError } from '../request-error.ts';
import type { TextResult } from './introspection.ts';
import type { Operation } from './operation.ts';
import { ownVariables } from './own-variables.ts';
import { attempts, presentResult } from './present-result.ts';
import { withinBudget } from './record-budget.ts';
import { tellWritten } from './tell-written.ts';
import { writePlanned } from './write-planned.ts';

/** The key may have been revoked since it was verified: nothing is kept, or told, before that is known. */
class AccessMovedError extends Error {
  readonly versions: TenantVersions;

  constructor(versions: TenantVersions) {
    super("the tenant's keys have changed");
    this.versions = versions;
  }
}

/**
 * Runs all of a mutation operation in one transaction: all or none. Any error at any depth rolls back and answers
 * `data: null`. The transaction is committed before the answer is made. If the registry has moved, the database
 * refuses the write before anything of it ran, so it is prepared again for the new one and runs once more.
 *
 * What is known beforehand is sent whole, in one message; what takes more than that, or is refused, goes step by step.
 */
export async function runMutation(operation: Operation): Promise<TextResult> {
  let hasLost = false;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    if (operation.prepared.refused !== null) return { errors: operation.prepared.refused };
    const whole = await runWhole(operation);
    if (whole !== null) return whole;
    const outcome = await writeOnce(operation);
    if ('result' in outcome) return outcome.result;
    if ('moved' in outcome) {
      await operation.catchUp(outcome.moved);
      continue;
    }
    if (hasLost || !outcome.refused.errors.some(mayPass)) return present(outcome.refused, operation);
    hasLost = true;
  }
  throw requestError(
    'SCHEMA_CHANGED',
    'The schema changed more than once while the mutation ran. Nothing was applied. Try again.',
  );
}

/** Labels of a count: how mutations were done. */
const byPlan = '{way="planned"}';
const executed = '{way="executed"}';

/** Null where nothing was done. */
async function runWhole(operation: Operation): Promise<TextResult | null> {
  const { visit, params, prepared } = operation;
  const { dataPlane, metrics, options, sharedWrites, writePlans } = visit.services;
  // Nothing to wait for, nearly always; and to wait for nothing costs as much as to wait.
  const seen = visit.view();
  const { registry, schema, tenantId, version } = seen instanceof Promise ? await seen : seen;
  const isPlanned = options.queries === 'planned' && options.links === 'nested';
  if (!isPlanned || prepared.refused !== null) return null;
  const { role, subject: actor, claims, tenant } = visit.caller;
  const written = await writePlanned({
    plans: writePlans,
    writer: { registry, tenantId, role, actor, claims },
    schema,
    prepared,
    variables: params.variables,
    expected: { registry: version, access: tenant.accessVersion },
    dataPlane,
    sharedWrites,
    batchOptions: visit.batchOptions(),
    maxRecords: options.maxRecords,
    visit,
  });
  if (written === null) return null;
  metrics.count('mutations', byPlan);
  const { text } = written;
  return text === null ? tellWritten(operation, written) : { data: {}, stringify: () => text };
}

/** Committed; or rolled back because the tenant has moved on; or rolled back because of errors. */
type Outcome =
  | { readonly result: ExecutionResult }
  | { readonly moved: TenantVersions }
  | { readonly refused: Refused };

type Refused = ExecutionResult & { readonly errors: readonly GraphQLError[] };

async function writeOnce(operation: Operation): Promise<Outcome> {
  const { visit } = operation;
  const { tenantId, version } = await visit.state();
  const { dataPlane } = visit.services;
  // Of the last time that `work` ran: it runs again after a deadlock.
  let refused: Refused | null = null;
  const work = async (transaction: TenantTransaction): Promise<ExecutionResult> => {
    refused = null;
    const result = await executeIn(transaction, operation);
    if (!isRefused(result)) return result;
    refused = result;
    throw new Error('the operation has errors, which rolls it back');
  };
  try {
    return { result: await dataPlane.write(tenantId, version, work, visit.batchOptions()) };
  } catch (error) {
    const moved = await movedTo(error, operation);
    if (moved !== null) return { moved };
    if (refused !== null && !isOutOfTime(error)) return { refused };
    throw error;
  }
}

/** What `work` met with afterwards is no error of its own: it was not let go on. */
function isOutOfTime(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === 'TIMEOUT' || error.code === 'CANCELLED');
}

function isRefused(result: ExecutionResult): result is Refused {
  return (result.errors ?? []).length > 0;
}

/** Lost a race: another attempt either succeeds or knows what is in the way. */
function mayPass(error: GraphQLError): boolean {
  const cause = causeOf(error);
  return cause instanceof RecordError && cause.retry;
}

async function executeIn(transaction: TenantTransaction, operation: Operation): Promise<ExecutionResult> {
  const result = await resultIn(transaction, operation);
  const versions = await transaction.begin();
  if (versions.access !== operation.visit.caller.tenant.accessVersion) throw new AccessMovedError(versions);
  return result;
}

async function resultIn(transaction: TenantTransaction, operation: Operation): Promise<ExecutionResult> {
  const { visit, params, prepared } = operation;
  const { registry, schema, tenantId } = await visit.view();
  if (prepared.refused !== null) return { errors: prepared.refused };
  visit.services.metrics.count('mutations', executed);
  const records = createRecords({
    registry,
    tenantId,
    execute: (statements) => transaction.run(statements),
    cursorSecret: visit.services.options.secret,
    actor: visit.caller.subject,
    role: visit.caller.role,
    claims: visit.caller.claims,
    mode: 'mutation',
    limits: visit.services.recordLimits,
  });
  const budget = visit.recordBudget();
  const result = await execute({
    schema,
    document: prepared.document,
    contextValue: { records: withinBudget(records, budget) },
    variableValues: ownVariables(registry, params.variables),
    operationName: params.operationName,
  });
  if (budget.error !== null) return { data: null, errors: [budget.error] };
  if (result.errors) return result;
  try {
    // Deferred constraints speak now, while it can still be said what they mean.
    await records.finishWrites();
    return result;
  } catch (cause) {
    return { data: null, errors: [new GraphQLError('refused', { originalError: cause as Error })] };
  }
}

/** Where the tenant is now, if an error says that it has moved; null for any other error. */
async function movedTo(error: unknown, { visit }: Operation): Promise<TenantVersions | null> {
  if (error instanceof AccessMovedError) return error.versions;
  if (!(error instanceof DatabaseError) || error.code !== 'SCHEMA_CHANGED') return null;
  const { versions } = await (await visit.reads()).prove();
  return versions;
}

function present(refused: Refused, { visit }: Operation): ExecutionResult {
  // Variables that do not fit: the operation never began, so there is no `data`.
  if (!('data' in refused)) return presentResult(refused, visit.log);
  // What ended the transaction ended everything that still waited for it: once is enough.
  const causes = new Set<unknown>();
  const distinct = refused.errors.filter((error) => {
    const cause = causeOf(error) ?? error;
    return !causes.has(cause) && causes.add(cause);
  });
  return presentResult({ errors: distinct, data: null }, visit.log);
}
