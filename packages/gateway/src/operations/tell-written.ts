import { createRecords, type OperationRecords } from '@formwork/records';
import { type ExecutionResult, execute } from 'graphql';
import type { Operation } from './operation.ts';
import { ownVariables } from './own-variables.ts';
import { presentResult } from './present-result.ts';
import { withinBudget } from './record-budget.ts';
import type { Written } from './write-planned.ts';

/**
 * The answer to a mutation that is committed and whose answer could not be written from what was read back, as where a
 * value is not one of its type any more. It was done, so it is not told as if it was not: what was written is read again,
 * and what cannot be shown is an error at its own field.
 */
export async function tellWritten(operation: Operation, { ids }: Written): Promise<ExecutionResult> {
  const { visit, params, prepared } = operation;
  if (prepared.refused !== null) throw new Error('an operation that was refused has written something');
  const { registry, schema, tenantId } = await visit.view();
  const { dataPlane, options, recordLimits } = visit.services;
  const { subject: actor, role, claims } = visit.caller;
  const records = createRecords({
    registry,
    tenantId,
    execute: async (statements) => (await dataPlane.read(tenantId, statements, visit.batchOptions())).results,
    cursorSecret: options.secret,
    actor,
    role,
    claims,
    mode: 'query',
    limits: recordLimits,
    links: options.links,
  });
  const result = await execute({
    schema,
    document: prepared.document,
    contextValue: { records: withinBudget(reading(records, ids), visit.recordBudget()) },
    variableValues: ownVariables(registry, params.variables),
    operationName: params.operationName,
  });
  return presentResult(result, visit.log);
}

/** Records whose writes are done already: each gives what it has written, in the order of the root fields. */
function reading(records: OperationRecords, ids: Written['ids']): OperationRecords {
  const rest = [...ids];
  const next = () => rest.shift() ?? [];
  const one = async (typeName: string, selection: Parameters<OperationRecords['byId']>[2]) => {
    const record = await records.byId(typeName, next()[0] ?? '', selection);
    if (record === null) throw new Error('what was written is not there any more');
    return record;
  };
  return {
    ...records,
    create: (typeName, _input, selection) => one(typeName, selection),
    update: (typeName, _id, _input, _ifVersion, selection) => one(typeName, selection),
    delete: async () => next()[0] ?? '',
    createMany: async (typeName, _inputs, selection) => {
      const found = await Promise.all(next().map((id) => records.byId(typeName, id, selection)));
      return found.filter((record) => record !== null);
    },
  };
}
