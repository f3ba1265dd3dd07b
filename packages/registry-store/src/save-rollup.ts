import type { TransactionSql } from '@formwork/pg';
import type { RollupRow } from '@formwork/view-compiler';

/** Saves what the triggers need to know of rollups; a trigger then computes those of all records. */
export async function saveRollup(sql: TransactionSql, row: RollupRow): Promise<void> {
  const { entityType, sourceType, field, way, slot, level, compute, keys, uses } = row;
  await sql`
    insert into formwork.rollups (entity_type, source_type, field, way, slot, level, compute, keys, uses)
    values (${entityType}, ${sourceType}, ${field}, ${way}, ${slot}, ${level}, ${compute}, ${[...keys]}, ${[...uses]})
    on conflict (tenant_id, entity_type, source_type, field, way) do update set
      slot = excluded.slot, level = excluded.level, compute = excluded.compute, keys = excluded.keys, uses = excluded.uses`;
}

export async function removeRollup(sql: TransactionSql, row: RollupRow): Promise<void> {
  const { entityType, sourceType, field, way } = row;
  await sql`
    delete from formwork.rollups
    where entity_type = ${entityType} and source_type = ${sourceType} and field = ${field} and way = ${way}`;
}
