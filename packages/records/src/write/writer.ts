import { sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { OperationRecords, RecordNode } from '../contract.ts';
import { createAll } from './create.ts';
import { deleteRecord } from './delete.ts';
import { recordErrorOf } from './record-error-of.ts';
import { updateRecord } from './update.ts';
import type { WriteContext } from './write-context.ts';

export type Writer = Pick<OperationRecords, 'create' | 'update' | 'delete' | 'finishWrites'>;

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
