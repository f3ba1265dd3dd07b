import { type TransactionSql, sql as text, textArray } from '@formwork/pg';
import type { Entity } from '@formwork/registry';
import type { EntityStorageRow } from '@formwork/view-compiler';
import { findRecords } from '../find-records.ts';
import { type Drift, driftOf } from './drift.ts';

/** Records whose words are not those of their searchable fields, made anew as fill_record (sql/018) makes them. */
export async function verifySearch(
  sql: TransactionSql,
  entity: Entity,
  { searchKeys }: EntityStorageRow,
): Promise<readonly Drift[]> {
  const words =
    searchKeys === null
      ? text`null::tsvector`
      : text`formwork.search_vector(formwork.search_prefix(${entity.storageKey}),
          array(select data ->> k from unnest(${textArray(searchKeys)}::text[]) k))`;
  const found = await findRecords(
    sql,
    text`from formwork.records
      where entity_type = ${entity.storageKey}
        and words is distinct from case when deleted_at is null then ${words} end`,
  );
  return driftOf(
    'search',
    entity.key,
    '',
    found,
    'A search misses these records, or finds them by other words.',
  );
}
