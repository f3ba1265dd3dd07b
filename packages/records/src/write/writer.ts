import { sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { BulkRecords, OperationRecords, RecordNode } from '../contract.ts';
import { createAll } from './create.ts';
import { deleteMany, deleteRecord } from './delete.ts';
import { recordErrorOf } from './record-error-of.ts';
import { updateMany, updateRecord } from './update.ts';
import { upsertRecord } from './upsert.ts';
import type { WriteContext } from './write-context.ts';

export type Writer = Pick<OperationRecords, 'create' | 'update' | 'delete' | 'finishWrites'> & BulkRecords;

/** The write side of an operation's records. Writes are done one after the other, as GraphQL orders mutations. */
export function createWriter(context: WriteContext): Writer {
  const entityOf = (typeName: string): Entity => {
    const entity = context.registry.entityByTypeName.get(typeName);
    if (entity === undefined) throw new Error(`There is no type "${typeName}".`);
    return entity;
  };
  return {
    create: async (typeName, input, selection) => {
      const [node] = await createAll(context, entityOf(typeName), [{ path: ['input'], input }], selection);
      return node as RecordNode;
    },
    update: (typeName, id, input, ifVersion, selection) =>
      updateRecord(context, entityOf(typeName), id, input, ifVersion, selection),
    delete: (typeName, id, ifVersion) => deleteRecord(context, entityOf(typeName), id, ifVersion),
    createMany: (typeName, inputs, selection) =>
      createAll(
        context,
        entityOf(typeName),
        inputs.map((input, index) => ({ path: ['inputs', index], input })),
        selection,
      ),
    updateMany: (typeName, where, input, atMost, selection) =>
      updateMany(context, entityOf(typeName), where, input, atMost, selection),
    deleteMany: (typeName, where, atMost) => deleteMany(context, entityOf(typeName), where, atMost),
    upsert: (typeName, by, input, selection) =>
      upsertRecord(context, entityOf(typeName), by, input, selection),
    finishWrites: () => finishWrites(context),
  };
}

/** See `OperationRecords.finishWrites`. */
export async function finishWrites({
  registry,
  execute,
}: Pick<WriteContext, 'registry' | 'execute'>): Promise<void> {
  const [failure] = await execute([sql`set constraints all immediate`]).catch((error: unknown) => [error]);
  if (failure instanceof Error) throw recordErrorOf(registry, failure);
}
