import type { AdminClient } from '@formwork/pg';

/** Records on which nothing hangs, so that no trigger has to look. `condition` is SQL over `formwork.records`. */
export async function removeRecords(admin: AdminClient, condition: string): Promise<void> {
  await admin.query('begin');
  await admin.query('set local session_replication_role = replica');
  await admin.query(`delete from formwork.records where ${condition}`);
  await admin.query('commit');
}

/** The orders that measured creates have made. */
export const newOrders = "entity_type = 'order' and data ->> 'number' like 'NEW-%'";
