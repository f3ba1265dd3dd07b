import type { Row, Statement } from '@formwork/pg';
import { textArray } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import { insertStatement, type NewRecord } from './insert-records.ts';

/** One new record, and how it is read back: others like it can be inserted and read back by the same two statements. */
export interface LoneCreation {
  readonly entity: Entity;
  readonly actor: string;
  readonly record: NewRecord;
  /** Of one parameter, the list of ids, with the id as the first column; null where nothing is shown. */
  readonly readBack: Statement | null;
}

/** Whether two can travel together. */
export function areAlike(one: LoneCreation, other: LoneCreation): boolean {
  return (
    one.entity === other.entity && one.actor === other.actor && one.readBack?.text === other.readBack?.text
  );
}

/** What creates all of them: alike, and at least one. */
export function createTogether(creations: readonly LoneCreation[]): readonly Statement[] {
  const [{ entity, actor, readBack }] = creations as readonly [LoneCreation];
  const records = creations.map(({ record }) => record);
  const insert = insertStatement(entity, records, actor, 'fail');
  if (readBack === null) return [insert];
  return [insert, { text: readBack.text, values: [textArray(records.map(({ id }) => id))] }];
}

/** What its own statements would have given, of what those of all have given. */
export function resultsOf(
  { record }: LoneCreation,
  [, rows]: readonly (readonly Row[])[],
): readonly (readonly Row[])[] {
  const own = (row: Row) => row[0] === record.id;
  return rows === undefined ? [[[record.id]]] : [[[record.id]], rows.filter(own)];
}
