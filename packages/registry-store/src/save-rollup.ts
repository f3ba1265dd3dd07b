import type { TransactionSql } from '@formwork/pg';
import type { RollupRow } from '@formwork/view-compiler';

/** Saves what the triggers need to know of rollups; a trigger then computes those of all records. */
export async function saveRollup(sql: TransactionSql, row: RollupRow): Promise<void> {
  const { entityType, sourceType, field, way, slot, level, compute, isAdded, difference, keys, uses } = row;
  await sql`
    insert into formwork.rollups
      (entity_type, source_type, field, way, slot, level, compute, is_added, difference, keys, uses)
    values
      (${entityType}, ${sourceType}, ${field}, ${way}, ${slot}, ${level}, ${compute}, ${isAdded}, ${difference},
       ${[...keys]}, ${[...uses]})
    on conflict (tenant_id, entity_type, source_type, field, way, is_added) do update set
      slot = excluded.slot, level = excluded.level, compute = excluded.compute, difference = excluded.difference,
      keys = excluded.keys, uses = excluded.uses`;
}

export async function removeRollup(sql: TransactionSql, row: RollupRow): Promise<void> {
  const { entityType, sourceType, field, way, isAdded } = row;
  await sql`
    delete from formwork.rollups
    where entity_type = ${entityType} and source_type = ${sourceType} and field = ${field} and way = ${way}
      and is_added = ${isAdded}`;
}
