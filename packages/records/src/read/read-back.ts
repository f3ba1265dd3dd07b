import type { Row, Statement } from '@formwork/pg';
import { sql, textArray } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { RecordNode, RecordSelection } from '../contract.ts';
import { entityView } from './entity-view.ts';
import { type Nesting, SelectList, selectRecord } from './select-list.ts';

/** A statement that reads records by id through their view, and what its rows mean. */
export interface RecordsRead {
  readonly statement: Statement;
  /** By id. */
  readonly nodesOf: (rows: readonly Row[]) => ReadonlyMap<string, RecordNode>;
}

export function compileRecordsRead(
  entity: Entity,
  ids: readonly string[],
  selection: RecordSelection,
  nesting: Nesting | null = null,
): RecordsRead {
  const view = entityView(entity);
  const list = new SelectList();
  const alias = sql.identifier('r');
  const reader = selectRecord(list, view, alias, selection, nesting);
  return {
    statement: sql`select ${list.sql} from ${view.name} ${alias} where ${alias}.id = any (${textArray(ids)}::uuid[])`,
    nodesOf: (rows) => new Map(rows.map((row) => reader.read(row)).map((node) => [node.id, node])),
  };
}
