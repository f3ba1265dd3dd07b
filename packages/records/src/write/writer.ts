import { sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { BulkRecords, OperationRecords, RecordNode } from '../contract.ts';
import { createAll } from './create.ts';
import { deleteMany, deleteRecord } from './delete.ts';
import { recordErrorOf } from './record-error-of.ts';
import { restoreRecord } from './restore.ts';
import { updateMany, updateRecord } from './update.ts';
import { upsertRecord } from './upsert.ts';
import type { WriteContext } from './write-context.ts';

export type Writer = BulkRecords &
  Pick<OperationRecords, 'create' | 'update' | 'delete' | 'restore' | 'finishWrites'>;

/** The write side of an operation's records. Writes are done one after the other, as GraphQL orders mutations. */
export function createWriter(given: Omit<WriteContext, 'made'>): Writer {
  const context: WriteContext = { ...given, made: new Map() };
  // What a write links to is looked at, and locked, before: only what takes records away (or brings links back) can
  // leave something for the end of the transaction to find. Without it a message to Postgres is saved.
  let mayDangle = false;
  const dangling = <T>(written: Promise<T>): Promise<T> => {
    mayDangle = true;
    return written;
  };
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
    delete: (typeName, id, ifVersion) => dangling(deleteRecord(context, entityOf(typeName), id, ifVersion)),
    createMany: (typeName, inputs, selection) =>
      createAll(
        context,
        entityOf(typeName),
        inputs.map((input, index) => ({ path: ['inputs', index], input })),
        selection,
      ),
    updateMany: (typeName, where, input, atMost, selection) =>
      updateMany(context, entityOf(typeName), where, input, atMost, selection),
    deleteMany: (typeName, where, atMost) => dangling(deleteMany(context, entityOf(typeName), where, atMost)),
    upsert: (typeName, by, input, selection) =>
      upsertRecord(context, entityOf(typeName), by, input, selection),
    restore: (typeName, id, selection) => dangling(restoreRecord(context, entityOf(typeName), id, selection)),
    finishWrites: async () => {
      if (mayDangle) await finishWrites(context);
    },
  };
}

/** See `OperationRecords.finishWrites`. */
async function finishWrites({ registry, execute }: WriteContext): Promise<void> {
  const [failure] = await execute([sql`set constraints all immediate`]).catch((error: unknown) => [error]);
  if (failure instanceof Error) throw recordErrorOf(registry, failure);
}
