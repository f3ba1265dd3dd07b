import { withAdmin } from '@formwork/pg';
import type { Home } from '../home.ts';

/** What the measured writes have made goes again, so that every target keeps the same records. */
export async function forgetWrites({ postgres }: Home): Promise<void> {
  await withAdmin(postgres.adminUrl, async (admin) => {
    await admin.query("delete from native.orders where number like 'NEW-%'");
    await admin.query('begin');
    // Nothing hangs on these records, so no trigger has to look.
    await admin.query('set local session_replication_role = replica');
    await admin.query(
      "delete from formwork.records where entity_type = 'order' and data ->> 'number' like 'NEW-%'",
    );
    await admin.query('commit');
    await admin.query('vacuum analyze native.orders');
    await admin.query('vacuum analyze formwork.records');
  });
}
