import { createRecords } from '@formwork/records';
import { buildGraphqlSchema, introspect } from '@formwork/schema-factory';
import { execute } from 'graphql';
import { requestError } from '../request-error.ts';
import type { TenantState } from '../tenants/tenant-states.ts';
import { answerPlanned, type PlannedAnswer } from './answer-planned.ts';
import { isIntrospection, type TextResult } from './introspection.ts';
import type { Operation } from './operation.ts';
import { ownVariables } from './own-variables.ts';
import type { PreparedOperation } from './prepare.ts';
import { attempts, presentResult } from './present-result.ts';
import type { ReadBatches } from './read-batches.ts';
import { withinBudget } from './record-budget.ts';

/**
 * Runs a query and proves that what it ran on was current: the versions come back with its own batches, or are asked
 * for where it had none. If the tenant has moved on, what was found is thrown away and all of it runs again.
 */
export async function runQuery(operation: Operation): Promise<TextResult> {
  const { visit } = operation;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const { prepared } = operation;
    if (prepared.refused !== null) return { errors: prepared.refused };
    // Nothing to wait for, nearly always; and to wait for nothing costs as much as to wait.
    const begun = visit.reads({ mindsMissingViews: attempt < attempts });
    const reads = begun instanceof Promise ? await begun : begun;
    const seen = visit.view();
    const view = seen instanceof Promise ? await seen : seen;
    const run = { operation, prepared, reads, view };
    const planned = await answerPlan(run);
    const result = planned.result ?? (await executeOnce(run, planned.failure));
    if (planned.result !== null) visit.services.metrics.count('queries', byPlan);
    const proof = reads.prove();
    const { versions, moved } = proof instanceof Promise ? await proof : proof;
    if (!moved) return result.errors ? presentResult(result, visit.log) : result;
    await operation.catchUp(versions);
  }
  throw requestError('SCHEMA_CHANGED', 'The schema changed more than once while the query ran. Try again.');
}

/** One run of an operation, on what the visit holds. */
interface Run {
  readonly operation: Operation;
  readonly prepared: Extract<PreparedOperation, { readonly refused: null }>;
  readonly reads: ReadBatches;
  readonly view: TenantState;
}

const unplanned = { result: null, failure: null } as const;

/** Labels of a count: how queries were answered. */
const byPlan = '{way="planned"}';
const executed = '{way="executed"}';

function answerPlan({ operation, prepared, reads, view }: Run): PlannedAnswer | Promise<PlannedAnswer> {
  const { visit, params } = operation;
  const { options, plans } = visit.services;
  const isPlanned = options.queries === 'planned' && options.links === 'nested';
  if (!isPlanned || isIntrospection(prepared.document, prepared.operation)) return unplanned;
  const { registry, schema, tenantId } = view;
  const { role, subject: actor, claims } = visit.caller;
  return answerPlanned({
    plans,
    reader: { registry, tenantId, role, actor, claims },
    schema,
    prepared,
    variables: params.variables,
    run: reads.run,
    budget: visit.recordBudget(),
    visit,
  });
}

async function executeOnce({ operation, prepared, reads, view }: Run, failure: unknown): Promise<TextResult> {
  const { visit, params } = operation;
  const { registry, schema, tenantId } = view;
  const { document } = prepared;
  if (isIntrospection(document, prepared.operation)) {
    const key = [registry.apiShape, params.operationName ?? '', params.query].join('\n');
    const { operationName } = params;
    // Of a schema of its own: to list all types has all of them made, and few documents need so many.
    const make = () => buildGraphqlSchema(registry);
    return visit.services.schemaTexts.answer(key, () =>
      introspect({ schema, make, document, operationName }),
    );
  }
  const { options, metrics } = visit.services;
  metrics.count('queries', executed);
  const { role, subject: actor, claims } = visit.caller;
  const records = createRecords({
    registry,
    tenantId,
    execute: failure === null ? reads.run : () => Promise.reject(failure),
    cursorSecret: options.secret,
    actor,
    role,
    claims,
    mode: 'query',
    limits: visit.services.recordLimits,
    links: options.links,
  });
  const budget = visit.recordBudget();
  const result = await execute({
    schema,
    document,
    contextValue: { records: withinBudget(records, budget) },
    variableValues: ownVariables(registry, params.variables),
    operationName: params.operationName,
  });
  return budget.error === null ? result : { data: null, errors: [budget.error] };
}
