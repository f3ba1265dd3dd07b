import type { Statement } from '@formwork/pg';
import { type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import { type Entity, type Field, groupBy } from '@formwork/registry';
import { RecordError } from '../contract.ts';

/** What happens to the links of one field of one record. */
export interface ManyLinksChange {
  readonly entity: Entity;
  readonly field: Field;
  readonly source: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** Whether `add` is all there is to be. */
  readonly replaces: boolean;
}

/** Links that one write may make. */
const mostLinks = 100_000;

/**
 * The statements of all changes, in order: first what goes, then what comes. Linking twice is linking once. Records
 * whose links change alike share a statement, so that their number does not grow with that of the records. `visible`:
 * records that a field may lead to as far as the caller sees them, null for all; links to others are left alone.
 */
export function manyLinksStatements(
  changes: readonly ManyLinksChange[],
  visible: (field: Field) => SqlFragment | null = () => null,
): Statement[] {
  const count = changes.reduce((sum, { add }) => sum + add.length, 0);
  if (count > mostLinks) {
    const message = `One write can make at most ${mostLinks} links, and these would be ${count}. Write in several steps.`;
    throw new RecordError('LIMIT_EXCEEDED', message, { limit: mostLinks, found: count });
  }
  const added = changes.flatMap(({ entity, field, source, add }) =>
    [...new Set(add)].map((target) => ({
      entity: entity.storageKey,
      field: field.storageKey,
      source,
      target,
    })),
  );
  const going = changes.filter(({ remove, replaces }) => replaces || remove.length > 0);
  const alike = groupBy(going, ({ field, add, remove, replaces }) =>
    [field.storageKey, ...(replaces ? ['set', ...add] : []), '-', ...remove].join(' '),
  );
  const inserts = added.length === 0 ? [] : [insertLinks(added)];
  return [...[...alike.values()].flatMap((some) => deleteLinks(some, visible)), ...inserts];
}

function deleteLinks(
  changes: readonly ManyLinksChange[],
  visible: (field: Field) => SqlFragment | null,
): Statement[] {
  const { field, add, remove, replaces } = changes[0] as ManyLinksChange;
  const sources = textArray(changes.map(({ source }) => source));
  const rows = visible(field);
  const seen = rows === null ? sql`` : sql` and exists (select from ${rows} v where v.id = target_id)`;
  const ofField = sql`delete from formwork.record_links where source_id = any (${sources}::uuid[]) and field = ${field.storageKey}${seen}`;
  return [
    ...(replaces ? [sql`${ofField} and target_id <> all (${textArray(add)}::uuid[])`] : []),
    ...(remove.length > 0 ? [sql`${ofField} and target_id = any (${textArray(remove)}::uuid[])`] : []),
  ];
}

function insertLinks(links: readonly Readonly<Record<string, string>>[]): Statement {
  return sql`
    insert into formwork.record_links (entity_type, field, source_id, target_id)
    select w.entity, w.field, w.source, w.target
    from jsonb_to_recordset(${JSON.stringify(links)}::jsonb) as w(entity text, field text, source uuid, target uuid)
    on conflict do nothing`;
}
