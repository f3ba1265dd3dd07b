import type { Statement } from '@formwork/pg';
import { OpenValue, type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { CopiedDefault } from './default-values.ts';

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

/** Inserts records of one entity. Where some may be left out it gives the ids of those that went in. */
export function insertStatement(
  entity: Entity,
  records: readonly NewRecord[],
  actor: string,
  onConflict: OnConflict = 'leave out',
): Statement {
  const [only, ...others] = records;
  return only !== undefined && others.length === 0
    ? insertOne(entity, only, actor, onConflict)
    : insertMany(entity, records, actor, onConflict);
}

function insertOne(entity: Entity, record: NewRecord, actor: string, onConflict: OnConflict): Statement {
  const { copies } = record;
  const statement = copies.length === 0 ? inserts[onConflict] : inserting(copying(copies), onConflict);
  return statement.fill({ entity, record, actor });
}

interface GivenRecord {
  readonly entity: Entity;
  readonly record: NewRecord;
  readonly actor: string;
}

const id = new OpenValue(({ record }: GivenRecord) => record.id);
const data = new OpenValue(({ record }: GivenRecord) => record.data);
const entityKey = new OpenValue(({ entity }: GivenRecord) => entity.storageKey);
const writer = new OpenValue(({ actor }: GivenRecord) => actor);

const first = sql`${id}::uuid, ${entityKey}`;
const last = sql`${writer}, ${writer}`;
const plain = sql`values (${first}, ${data}::jsonb, ${last})`;

function copying(copies: readonly CopiedDefault[]): SqlFragment {
  return sql`select ${first}, w.data${sql.join(copies.map(copied), '')}, ${last} from (select ${data}::jsonb as data) w`;
}

/** Put together once for all records. */
const inserts = { 'leave out': inserting(plain, 'leave out'), fail: inserting(plain, 'fail') } as const;

function inserting(rows: SqlFragment, onConflict: OnConflict): SqlFragment {
  return sql`
    insert into formwork.records (id, entity_type, data, created_by, updated_by)
    ${rows}${clauses[onConflict]}
    returning id`;
}

/** The value as it is on the linked record now, in the transaction of the insert; nothing where that has none. */
function copied({ to, link, from }: CopiedDefault): SqlFragment {
  return sql` || coalesce((select jsonb_build_object(${to}::text, l.data -> ${from}::text) from formwork.records l
      where l.id = (w.data ->> ${link}::text)::uuid and l.data ? ${from}::text), '{}')`;
}

/** All at once (see sql/034). */
function insertMany(
  entity: Entity,
  records: readonly NewRecord[],
  actor: string,
  onConflict: OnConflict,
): Statement {
  const copies = new Map(records.flatMap((record) => record.copies.map((copy) => [copy.to, copy])));
  const more = copies.size === 0 ? sql`` : sql`, ${JSON.stringify([...copies.values()])}::jsonb`;
  return sql`
    select id from formwork.insert_records(${entity.storageKey}, ${recordsText(records)}::jsonb, ${actor},
      ${onConflict === 'leave out'}${more}) as id`;
}

function recordsText(records: readonly NewRecord[]): string {
  let rows = '';
  for (const { id, data, copies } of records) {
    rows += rows === '' ? '{"id":"' : ',{"id":"';
    rows += id;
    rows += '","data":';
    rows += data;
    rows += copies.length > 0 ? `,"copies":${JSON.stringify(copies.map(({ to }) => to))}}` : '}';
  }
  return `[${rows}]`;
}
