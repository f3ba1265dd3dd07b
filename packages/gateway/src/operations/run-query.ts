import { createRecords } from '@formwork/records';
import { buildGraphqlSchema, introspect } from '@formwork/schema-factory';
import { execute } from 'graphql';
import { requestError } from '../request-error.ts';
import { answerPlanned } from './answer-planned.ts';
import { isIntrospection, type TextResult } from './introspection.ts';
import type { Operation } from './operation.ts';
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
    if (operation.prepared.refused !== null) return { errors: operation.prepared.refused };
    const reads = await visit.reads({ mindsMissingViews: attempt < attempts });
    const result = await executeOnce(operation, reads);
    const { versions, moved } = await reads.prove();
    if (!moved) return result.errors ? presentResult(result, visit.log) : result;
    await operation.catchUp(versions);
  }
  throw requestError('SCHEMA_CHANGED', 'The schema changed more than once while the query ran. Try again.');
}

const unplanned = { result: null, failure: null } as const;

/** Labels of a count: how queries were answered. */
const byPlan = '{way="planned"}';
const executed = '{way="executed"}';

async function executeOnce(operation: Operation, reads: ReadBatches): Promise<TextResult> {
  const { visit, params, prepared } = operation;
  const view = await visit.view();
  const { registry, schema, tenantId } = view;
  if (prepared.refused !== null) return { errors: prepared.refused };
  const { document } = prepared;
  const run = (contextValue: unknown) =>
    execute({
      schema,
      document,
      contextValue,
      variableValues: params.variables,
      operationName: params.operationName,
    });
  if (isIntrospection(document, prepared.operation)) {
    const key = [registry.apiShape, params.operationName ?? '', params.query].join('\n');
    const { operationName } = params;
    // Of a schema of its own: to list all types has all of them made, and few documents need so many.
    const make = () => buildGraphqlSchema(registry);
    return visit.services.schemaTexts.answer(key, () =>
      introspect({ schema, make, document, operationName }),
    );
  }
  const { options, plans, metrics } = visit.services;
  const { role, subject: actor, claims } = visit.caller;
  const { links } = options;
  const planned =
    options.queries === 'planned' && links === 'nested'
      ? await answerPlanned({
          plans,
          reader: { registry, tenantId, role, actor, claims },
          schema,
          prepared,
          variables: params.variables,
          run: reads.run,
          budget: visit.recordBudget(),
          log: visit.log,
        })
      : unplanned;
  metrics.count('queries', planned.result === null ? executed : byPlan);
  if (planned.result !== null) return planned.result;
  const { failure } = planned;
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
    links,
  });
  const budget = visit.recordBudget();
  const result = await run({ records: withinBudget(records, budget) });
  return budget.error === null ? result : { data: null, errors: [budget.error] };
}
