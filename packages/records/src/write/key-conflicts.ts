import type { Row, Statement } from '@formwork/pg';
import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity, UniqueKey } from '@formwork/registry';
import { RecordError } from '../contract.ts';
import type { InputPath } from '../validate/violation.ts';

/** What a record is about to be: its data as it is (none of a new one), without `removed`, with `patch` on top. */
export interface Proposal {
  readonly id: string;
  readonly removed: readonly string[];
  /** JSON text of an object. */
  readonly patch: string;
}

export interface KeyConflict {
  /** The record that was proposed. */
  readonly id: string;
  readonly entity: Entity;
  readonly key: UniqueKey;
  /** The record in the way; null for one that the caller may not see. */
  readonly existing: string | null;
}

/** Finds the records that stand in the way of proposals. The entity has keys. Read with {@link readConflicts}. */
export function conflictStatement(
  entity: Entity,
  proposals: readonly Proposal[],
  records: 'new' | 'existing',
): Statement {
  const join = sql.raw(records === 'new' ? 'left join' : 'join');
  const slots = entity.keys.map((key) => key.slot.column);
  return sql`
    with wanted as materialized (
      select w.id, ${sql.join(slots.map(slotValue))}
      from jsonb_to_recordset(${proposalsText(proposals)}::jsonb) as w(id uuid, removed text[], patch jsonb)
      join formwork.entity_storage s on s.entity_type = ${entity.storageKey}
      ${join} lateral (select r.data from formwork.records r
        where r.entity_type = s.entity_type and r.id = w.id limit 1) r on true
      cross join lateral (select (coalesce(r.data, '{}') - w.removed) || w.patch as data offset 0) after
    )
    ${sql.join(
      [
        ...slots.map((slot) => inTheWay(entity, slot)),
        ...(records === 'existing' && proposals.length > 1 ? slots.map(eachOther) : []),
      ],
      ' union all ',
    )}`;
}

export function readConflicts(entity: Entity, rows: readonly Row[]): KeyConflict[] {
  return rows.flatMap(([id, slot, existing]) => {
    const key = entity.keys.find((candidate) => candidate.slot.column === slot);
    return id != null && existing != null && key ? [{ id, entity, key, existing }] : [];
  });
}

/** Where in its input a record stands, by its id; null for one that this operation has not made. */
export type PathOf = (id: string) => InputPath | null;

/** More than this help nobody. */
const mostViolations = 200;

/**
 * The error for records that cannot be written because of others. A violation's path leads to the field where the key
 * is of one field, else to the record; `paths` to all fields of the key. Two records of one operation that are in each
 * other's way are told by their paths (`siblings`): neither of them is there once the transaction is rolled back.
 * `alike`: ids of records that one change was to make alike.
 */
export function uniqueViolation(
  conflicts: readonly KeyConflict[],
  pathOf: (id: string) => InputPath,
  siblings: PathOf = () => null,
  alike: readonly string[] = [],
): RecordError {
  const violations = conflicts.slice(0, mostViolations).map(({ id, key, existing }) => {
    const sibling = existing === null ? null : siblings(existing);
    return {
      ...placeOf(key, pathOf(id)),
      key: key.name,
      fields: key.fields.map((field) => field.name),
      ...(sibling === null ? { id: existing } : { id: null, other: sibling }),
    };
  });
  const among = new Set(alike);
  const messages = new Set(
    conflicts.map(({ entity, key, existing }) => {
      if (existing !== null && among.has(existing)) return alikeMessage(entity, key);
      return existing === null || siblings(existing) === null
        ? takenMessage(entity, key)
        : twiceMessage(entity, key);
    }),
  );
  return new RecordError('UNIQUE_VIOLATION', [...messages].join(' '), { ...violations[0], violations });
}

function placeOf({ fields }: UniqueKey, path: InputPath): { path: InputPath; paths?: readonly InputPath[] } {
  if (path[0] === 'id') return { path };
  const paths = fields.map(({ name }) => [...path, name]);
  const [only, ...others] = paths;
  return { path: only !== undefined && others.length === 0 ? only : path, paths };
}

/** `There is already a "Flight" with this "Number" and "Departure". Choose another value, or update that one.` */
export function takenMessage(entity: Entity, key: UniqueKey): string {
  if (key.fields.length === 0) return `Another "${entity.label}" is in the way of this one.`;
  return `There is already a "${entity.label}" with this ${labelsOf(key)}. Choose another value, or update that one.`;
}

function twiceMessage(entity: Entity, key: UniqueKey): string {
  return `Two of the given records of "${entity.label}" have the same ${labelsOf(key)}. Give each another value.`;
}

function alikeMessage(entity: Entity, key: UniqueKey): string {
  return `Several records of "${entity.label}" would have the same ${labelsOf(key)}. Change them one by one.`;
}

function labelsOf({ fields }: UniqueKey): string {
  return fields.map(({ label }) => `"${label}"`).join(' and ');
}

/** `limit 1` and `materialized`: see `byIdAndKey`; `offset 0` keeps the sum from being made for every slot. */
function slotValue(slot: string): SqlFragment {
  const column = sql.identifier(slot);
  const number = sql.raw(String(Number(slot.slice(1))));
  return sql`formwork.unique_slot(after.data, s.${column}, coalesce(s.nulls_equal[${number}], false)) as ${column}`;
}

function inTheWay(entity: Entity, slot: string): SqlFragment {
  const column = sql.identifier(slot);
  return sql`select w.id, ${sql.literal(slot)}, r.id
    from wanted w
    cross join lateral (select r.id from formwork.records r where r.entity_type = ${entity.storageKey}
      and r.${column} = w.${column} and r.deleted_at is null and r.id <> w.id limit 1) r`;
}

/** Of records that are to have the same value, the first is in the way of the others. */
function eachOther(slot: string): SqlFragment {
  const column = sql.identifier(slot);
  return sql`select w.id, ${sql.literal(slot)}, w.first
    from (select w.id, first_value(w.id) over (partition by w.${column} order by w.id) as first
      from wanted w where w.${column} is not null) w
    where w.id <> w.first`;
}

function proposalsText(proposals: readonly Proposal[]): string {
  const rows = proposals.map(
    ({ id, removed, patch }) =>
      `{"id":${JSON.stringify(id)},"removed":${JSON.stringify(removed)},"patch":${patch}}`,
  );
  return `[${rows.join(',')}]`;
}
