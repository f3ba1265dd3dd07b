import type { Statement } from '@formwork/pg';
import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { CopiedDefault } from './write-plan.ts';

/** A record that is to be inserted, its links resolved. */
export interface NewRecord {
  readonly id: string;
  /** JSON text of an object. */
  readonly data: string;
  readonly copies: readonly CopiedDefault[];
}

/**
 * What becomes of a record that a unique key refuses. Left out without an error, which would end the transaction, what
 * was in its way can still be asked for, and there is no race between the asking and the writing.
 */
export type OnConflict = 'leave out' | 'fail';

const clauses = { 'leave out': sql` on conflict do nothing`, fail: sql`` } as const;

/** Inserts records of one entity and returns the ids of those that went in. */
export function insertStatement(
  entity: Entity,
  records: readonly NewRecord[],
  actor: string,
  onConflict: OnConflict = 'leave out',
): Statement {
  const [only, ...others] = records;
  if (isNumbered(entity) || records.some(({ copies }) => copies.length > 0))
    return insertLookingUp(entity, records, actor, onConflict);
  return only !== undefined && others.length === 0
    ? insertOne(entity, only, actor, onConflict)
    : insertMany(entity, records, actor, onConflict);
}

function insertOne(
  entity: Entity,
  { id, data }: NewRecord,
  actor: string,
  onConflict: OnConflict,
): Statement {
  return sql`
    insert into formwork.records (id, entity_type, data, created_by, updated_by)
    values (${id}::uuid, ${entity.storageKey}, ${data}::jsonb, ${actor}, ${actor})${clauses[onConflict]}
    returning id`;
}

/** All at once where the database can (see sql/025). */
function insertMany(
  entity: Entity,
  records: readonly NewRecord[],
  actor: string,
  onConflict: OnConflict,
): Statement {
  return sql`
    select id from formwork.insert_records(${entity.storageKey}, ${recordsText(records)}::jsonb, ${actor},
      ${onConflict === 'leave out'}) as id`;
}

/** With values that the database finds: numbers, and what is copied from linked records. */
function insertLookingUp(
  entity: Entity,
  records: readonly NewRecord[],
  actor: string,
  onConflict: OnConflict,
): Statement {
  const copies = new Map(records.flatMap((record) => record.copies.map((copy) => [copy.to, copy])));
  return sql`
    ${isNumbered(entity) ? drawNumbers(records.length) : sql``}
    insert into formwork.records (id, entity_type, data, created_by, updated_by)
    select w.id, ${entity.storageKey}, w.data${sql.join([...copies.values()].map(copied), '')}, ${actor}, ${actor}
    from jsonb_to_recordset(${recordsText(records)}::jsonb) as w(id uuid, data jsonb, copies jsonb)
      ${isNumbered(entity) ? sql`cross join numbers` : sql``}${clauses[onConflict]}
    returning id`;
}

/** Numbers are drawn at once for all records; see `formwork.next_number`. */
function drawNumbers(count: number): SqlFragment {
  return sql`with numbers as materialized (select set_config('app.number_block', ${count}, true))`;
}

function isNumbered({ fields }: Entity): boolean {
  return fields.some(({ type }) => type === 'autonumber');
}

/** The value as it is on the linked record now, in the transaction of the insert; nothing where that has none. */
function copied({ to, link, from }: CopiedDefault): SqlFragment {
  return sql` || case when w.copies ? ${to}::text then coalesce((
      select jsonb_build_object(${to}::text, l.data -> ${from}::text) from formwork.records l
      where l.id = (w.data ->> ${link}::text)::uuid and l.data ? ${from}::text), '{}') else '{}' end`;
}

function recordsText(records: readonly NewRecord[]): string {
  const rows = records.map(({ id, data, copies }) => {
    const more = copies.length > 0 ? `,"copies":${JSON.stringify(copies.map(({ to }) => to))}` : '';
    return `{"id":"${id}","data":${data}${more}}`;
  });
  return `[${rows.join()}]`;
}
