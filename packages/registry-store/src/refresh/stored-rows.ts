import { type TransactionSql, sql as text } from '@formwork/pg';
import type { EntityStorageRow, LinkRuleRow, RollupRow } from '@formwork/view-compiler';
import { runStatement } from '../run-statement.ts';
import { storageValues } from '../storage-values.ts';

/** Rows for one statement: each has some 25 parameters. */
const rowsAtOnce = 100;

/** Storage keys of the entities of which the triggers know just this. */
export async function findStored(
  sql: TransactionSql,
  rows: readonly EntityStorageRow[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const conditions = rows.slice(start, start + rowsAtOnce).map(isStored);
    const statement = text`select entity_type from formwork.entity_storage where ${text.join(conditions, ' or ')}`;
    for (const [entityType] of await runStatement(sql, statement)) found.add(String(entityType));
  }
  return found;
}

/** As text: a jsonpath has no equality, and is written in one way only. */
function isStored(row: EntityStorageRow) {
  // While values are converted a job has a say in it.
  const values = storageValues(row).filter(
    ({ name }) => row.conversions === null || name !== 'strict_conversions',
  );
  const conditions = values.map(
    ({ name, type, value }) =>
      text`${text.identifier(name)}::text is not distinct from ${value}::text::${text.raw(type)}::text`,
  );
  return text`(entity_type = ${row.entityType} and ${text.join(conditions, ' and ')})`;
}

/** What the triggers know of links, of one entity or of all. */
export async function readLinkRules(
  sql: TransactionSql,
  entityType?: string,
): Promise<readonly LinkRuleRow[]> {
  const rows = await sql<LinkRuleRow[]>`
    select entity_type as "entityType", field, target, slot, on_delete as "onDelete" from formwork.link_rules
    where ${entityType ?? null}::text is null or entity_type = ${entityType ?? null}
    order by entity_type, field`;
  return rows.map((row) => ({ ...row }));
}

/** What the triggers know of rollups, of one entity or of all. */
export async function readRollups(sql: TransactionSql, entityType?: string): Promise<readonly RollupRow[]> {
  const rows = await sql<RollupRow[]>`
    select entity_type as "entityType", source_type as "sourceType", field, way, slot, level, compute,
      is_added as "isAdded", difference, keys, uses
    from formwork.rollups
    where ${entityType ?? null}::text is null or entity_type = ${entityType ?? null}`;
  return rows.map((row) => ({ ...row }));
}

/** What a rollup's row is found by. */
export function placeOfRollup({ entityType, sourceType, field, way, isAdded }: RollupRow): string {
  return [entityType, way, sourceType, field, isAdded].join(' ');
}
