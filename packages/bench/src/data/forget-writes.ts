import { withAdmin } from '@formwork/pg';
import type { Home } from '../home.ts';
import { newOrders, removeRecords } from './remove-records.ts';

/** What the measured writes have made goes again, so that every target keeps the same records. */
export async function forgetWrites({ postgres }: Home): Promise<void> {
  await withAdmin(postgres.adminUrl, async (admin) => {
    await admin.query("delete from native.orders where number like 'NEW-%'");
    await removeRecords(admin, newOrders);
    await admin.query('vacuum analyze native.orders');
    await admin.query('vacuum analyze formwork.records');
  });
}
