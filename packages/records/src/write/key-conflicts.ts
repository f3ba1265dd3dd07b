import type { Row, Statement } from '@formwork/pg';
import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity, UniqueKey } from '@formwork/registry';
import { RecordError } from '../contract.ts';
import type { InputPath } from '../validate/violation.ts';
import { objectText } from './encode-value.ts';

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
  /** The record in the way. */
  readonly existing: string;
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
      slots.map((slot) => inTheWay(entity, slot)),
      ' union all ',
    )}`;
}

export function readConflicts(entity: Entity, rows: readonly Row[]): KeyConflict[] {
  return rows.flatMap(([id, slot, existing]) => {
    const key = entity.keys.find((candidate) => candidate.slot.column === slot);
    return id != null && existing != null && key ? [{ id, entity, key, existing }] : [];
  });
}

/** The error for records that cannot be written because of others; `pathOf`: where in the input each stands. */
export function uniqueViolation(
  conflicts: readonly KeyConflict[],
  pathOf: (conflict: KeyConflict) => InputPath,
): RecordError {
  const violations = conflicts.map((conflict) => ({
    path: pathOf(conflict),
    key: conflict.key.name,
    fields: conflict.key.fields.map((field) => field.name),
    id: conflict.existing,
  }));
  const messages = new Set(conflicts.map(({ entity, key }) => takenMessage(entity, key)));
  return new RecordError('UNIQUE_VIOLATION', [...messages].join(' '), { ...violations[0], violations });
}

/** `There is already a "Flight" with this "Number" and "Departure". Choose another value, or update that one.` */
export function takenMessage(entity: Entity, key: UniqueKey): string {
  const fields = key.fields.map((field) => `"${field.label}"`).join(' and ');
  return `There is already a "${entity.label}" with this ${fields}. Choose another value, or update that one.`;
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

function proposalsText(proposals: readonly Proposal[]): string {
  const rows = proposals.map(({ id, removed, patch }) =>
    objectText([
      ['id', JSON.stringify(id)],
      ['removed', JSON.stringify(removed)],
      ['patch', patch],
    ]),
  );
  return `[${rows.join(',')}]`;
}
