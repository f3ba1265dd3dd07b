import type { Row } from '@formwork/pg';
import { mapValue, type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { RecordNode, RecordSelection } from '../contract.ts';
import { entityView } from './entity-view.ts';
import type { OperandTexts } from './operand.ts';
import { type Nesting, type RecordReader, SelectList, selectRecord } from './select-list.ts';

/** A statement that reads records by id through their view, and what its rows mean. */
export interface RecordsRead {
  readonly statement: SqlFragment;
  readonly reader: RecordReader;
  /** By id. */
  readonly nodesOf: (rows: readonly Row[]) => ReadonlyMap<string, RecordNode>;
}

export function compileRecordsRead(
  entity: Entity,
  ids: OperandTexts,
  selection: RecordSelection,
  nesting: Nesting | null = null,
): RecordsRead {
  const view = entityView(entity);
  const list = new SelectList();
  const alias = sql.identifier('r');
  const reader = selectRecord(list, view, alias, selection, nesting);
  return {
    reader,
    statement: sql`select ${list.sql} from ${view.name} ${alias} where ${alias}.id = any (${sql.unseen(mapValue(ids, textArray))}::uuid[])`,
    nodesOf: (rows) => new Map(rows.map((row) => reader.read(row)).map((node) => [node.id, node])),
  };
}
