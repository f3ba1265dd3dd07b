import type { Statement } from '@formwork/pg';
import { sql, textArray } from '@formwork/pg/sql-text';
import type { Entity, Field } from '@formwork/registry';

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

/** The statements of all changes, in order: first what goes, then what comes. Linking twice is linking once. */
export function manyLinksStatements(changes: readonly ManyLinksChange[]): Statement[] {
  const added = changes.flatMap(({ entity, field, source, add }) =>
    [...new Set(add)].map((target) => ({
      entity: entity.storageKey,
      field: field.storageKey,
      source,
      target,
    })),
  );
  const inserts = added.length === 0 ? [] : [insertLinks(added)];
  return [...changes.flatMap(deleteLinks), ...inserts];
}

function deleteLinks({ field, source, add, remove, replaces }: ManyLinksChange): Statement[] {
  const ofField = sql`delete from formwork.record_links where source_id = ${source}::uuid and field = ${field.storageKey}`;
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
