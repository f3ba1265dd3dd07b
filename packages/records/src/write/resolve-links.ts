import type { Row, Statement } from '@formwork/pg';
import { type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import { type Entity, quote } from '@formwork/registry';
import { RecordError } from '../contract.ts';
import { keyData, type LinkReference } from './link-reference.ts';

/**
 * One statement that finds the records of all references, by id and by key, and keeps them from being deleted until
 * the transaction ends: `for key share` is what the foreign key would take anyway. One that the caller may not see is not
 * found, like one that is not there.
 */
export function linkStatement(
  references: readonly LinkReference[],
  visible: VisibleRecords = () => null,
): Statement {
  const seen = onlyVisible(references, visible);
  return references.some(({ by }) => by !== null) ? byIdAndKey(references, seen) : byId(references, seen);
}

/** Records of an entity that may be linked to, as something to select from; null: all of them. */
export type VisibleRecords = (entity: Entity) => SqlFragment | null;

/** ` and …` for the record `r`: of an entity of which not all records may be linked to, it is one that may. */
function onlyVisible(references: readonly LinkReference[], visible: VisibleRecords): SqlFragment {
  const targets = [...new Set(references.map(({ target }) => target))];
  const conditions = targets.flatMap((target) => {
    const rows = visible(target);
    return rows === null
      ? []
      : [
          sql` and (r.entity_type <> ${target.storageKey} or exists (select from ${rows} v where v.id = r.id))`,
        ];
  });
  return sql.join(conditions, '');
}

/** For each reference the id of its record, or null where there is none; from the rows of {@link linkStatement}. */
export function readLinks(references: readonly LinkReference[], rows: readonly Row[]): (string | null)[] {
  const found = new Map(rows.map(([name, id]) => [name, id ?? null]));
  return references.map(
    (reference, index) =>
      found.get(reference.by === null ? `${reference.target.storageKey} ${reference.id}` : String(index)) ??
      null,
  );
}

/** More than this help nobody. */
const mostTold = 200;

/** The error for references whose record is not there, or is of another entity, or another tenant's. */
export function linkNotFound(missing: readonly LinkReference[]): RecordError {
  const links = missing.slice(0, mostTold).map((reference) => ({
    path: reference.path,
    field: reference.field.name,
    ...nameOf(reference),
  }));
  const messages = missing.slice(0, 20).map((reference) => {
    const { target, field, by, id } = reference;
    const how = by === null ? `id ${quote(id)}` : `${by.key.name} ${quote(describeKey(by.values))}`;
    return `There is no ${quote(target.label)} with ${how} for "${field.label}" to lead to.`;
  });
  return new RecordError('LINK_NOT_FOUND', messages.join(' '), { ...links[0], links });
}

function byId(references: readonly LinkReference[], seen: SqlFragment): Statement {
  const ids = [...new Set(references.map(({ id }) => id))];
  return sql`
    select r.entity_type || ' ' || r.id, r.id
    from formwork.records r
    where r.id = any (${textArray(ids)}::uuid[]) and r.deleted_at is null${seen}
    for key share`;
}

/**
 * `materialized`, because under row-level security an expression that is not leakproof (`unique_slot`) must not end
 * up in a condition on records: the index would not be used. `limit 1` has each record looked up by its index: a join
 * may become a hash of all records of the tenant, as it does while the planner takes the table for a small one.
 */
function byIdAndKey(references: readonly LinkReference[], seen: SqlFragment): Statement {
  const slots = [
    ...new Set(references.flatMap(({ by }) => (by === null ? [] : [by.key.slot.column]))),
  ].sort();
  return sql`
    with wanted as materialized (
      select w.name, w.entity, w.id, w.slot, case w.slot ${sql.join(slots.map(slotValue), ' ')} end as value
      from jsonb_to_recordset(${wantedText(references)}::jsonb)
        as w(name text, entity text, id uuid, slot text, data jsonb)
      left join formwork.entity_storage s on s.entity_type = w.entity and w.slot is not null
    ), found as materialized (
      select w.name, w.entity, w.id from wanted w where w.id is not null
      ${sql.join(slots.map(foundBy), ' ')}
    )
    select f.name, r.id
    from found f
    cross join lateral (select r.id from formwork.records r
      where r.id = f.id and r.entity_type = f.entity and r.deleted_at is null${seen} limit 1 for key share) r`;
}

function slotValue(slot: string): SqlFragment {
  const number = sql.raw(String(Number(slot.slice(1))));
  return sql`when ${sql.literal(slot)} then
    formwork.unique_slot(w.data, s.${sql.identifier(slot)}, coalesce(s.nulls_equal[${number}], false))`;
}

function foundBy(slot: string): SqlFragment {
  return sql`union all
    select w.name, w.entity, r.id from wanted w
    cross join lateral (select r.id from formwork.records r where r.entity_type = w.entity
      and r.${sql.identifier(slot)} = w.value and r.deleted_at is null limit 1) r
    where w.slot = ${sql.literal(slot)}`;
}

/** Built by hand: the values of keys may be decimals, which no JavaScript number holds exactly. */
function wantedText(references: readonly LinkReference[]): string {
  const wanted = references.map(({ target, id, by }, index) => {
    const name = JSON.stringify(by === null ? `${target.storageKey} ${id}` : String(index));
    const what =
      by === null
        ? `"id":${JSON.stringify(id)}`
        : `"slot":${JSON.stringify(by.key.slot.column)},"data":${keyData(by.key, by.values)}`;
    return `{"name":${name},"entity":${JSON.stringify(target.storageKey)},${what}}`;
  });
  return `[${wanted.join(',')}]`;
}

function nameOf({ id, by }: LinkReference): Readonly<Record<string, unknown>> {
  return by === null ? { id } : { key: by.key.name, values: by.values };
}

function describeKey(values: Readonly<Record<string, unknown>>): string {
  return Object.values(values).map(describePart).join(', ');
}

/** Of money its parts. */
function describePart(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.values(value).join(' ') : String(value);
}
