import { type SqlFragment, type TransactionSql, sql as text } from '@formwork/pg';
import type { Entity } from '@formwork/registry';
import type { EntityStorageRow } from '@formwork/view-compiler';
import { runStatement } from '../run-statement.ts';
import { partsArray } from '../storage-values.ts';
import type { Drift } from './drift.ts';

/** Slots that do not hold what the trigger would put there now, in one pass over the records. */
export async function verifySlots(
  sql: TransactionSql,
  entity: Entity,
  row: EntityStorageRow,
): Promise<readonly Drift[]> {
  const isTidied = await hasTidyJob(sql, entity);
  const compared = expectedSlots(row)
    .filter(({ column }) => isKept(entity, column, isTidied))
    .map(
      ({ column, value }) => text`(${column}::text, case when deleted_at is null
      then ${text.identifier(column)} is distinct from ${value}
      else ${text.identifier(column)} is not null end)`,
    );
  if (compared.length === 0) return [];
  // Values of a wrong form cannot be converted; they are reported as values.
  const rows = await runStatement(
    sql,
    text`with sound as materialized (
        select * from formwork.records
        where entity_type = ${entity.storageKey}
          and (deleted_at is not null or coalesce(data @@ ${row.shape}::jsonpath, false))
      )
      select slot, count(*), to_json((array_agg(id order by id))[1:5])
      from sound cross join lateral (values ${text.join(compared)}) compared (slot, drifted)
      where drifted group by slot order by slot`,
  );
  return rows.map(([slot, count, examples]) => ({
    kind: 'slot',
    entity: entity.key,
    name: nameOf(entity, slot ?? ''),
    count: Number(count),
    examples: JSON.parse(examples ?? '[]'),
    message: `The column "${slot}" is not what the values say: filters and sorts miss these records, or show them wrongly.`,
  }));
}

/** Whether a job has yet to empty the slots that nobody has any more. */
async function hasTidyJob(sql: TransactionSql, { storageKey }: Entity): Promise<boolean> {
  const jobs = await sql`
    select from formwork.jobs
      where kind = 'tidy' and entity_type = ${storageKey} and state not in ('done', 'cancelled')`;
  return jobs.length > 0;
}

/** Not while a job fills or empties it. */
function isKept({ allFields, keys }: Entity, column: string, isTidied: boolean): boolean {
  const owner = [...allFields, ...keys].find((one) => one.slot?.column === column);
  if (owner === undefined) return !isTidied;
  return owner.slot?.state !== 'filling' && !('conversion' in owner && owner.conversion?.state === 'filling');
}

/** What fill_record (sql/008) assigns to a living record, as expressions. A slot that nobody has is empty. */
function expectedSlots(row: EntityStorageRow): { column: string; value: SqlFragment }[] {
  const slots = (
    kind: string,
    keys: readonly (string | null)[],
    value: (key: string, index: number) => SqlFragment,
  ) =>
    keys.map((key, index) => ({
      column: `${kind}${index + 1}`,
      value: key === null ? text`null` : value(key, index),
    }));
  return [
    ...slots('t', row.textKeys, (key, index) => {
      const found = text`data ->> ${key}`;
      const kept = row.textExact[index] ? found : text`formwork.text_key(${found})`;
      return text`case when ${found} is null then formwork.text_null() else ${kept} end`;
    }),
    ...slots('n', row.numberKeys, (key) => text`formwork.number_key(data -> ${key})`),
    ...slots('d', row.timeKeys, (key) => text`formwork.time_key(data ->> ${key})`),
    ...slots('u', row.uniqueKeys.map(partsArray), (parts, index) => {
      const nullsEqual = text.raw(String(row.nullsEqual[index]));
      return text`formwork.unique_slot(data, ${parts}::text[], ${nullsEqual})`;
    }),
    ...slots('l', row.linkKeys, (key) => text`(data ->> ${key})::uuid`),
  ];
}

/** The field or key that has the slot, else the slot itself. */
function nameOf(entity: Entity, slot: string): string {
  const owner = [...entity.fields, ...entity.keys].find((one) => one.slot?.column === slot);
  return owner?.key ?? slot;
}
