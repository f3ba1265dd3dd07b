import { withAdmin } from '@formwork/pg';
import type { Home } from '../home.ts';

/** Process id of the Postgres that all targets share. */
export function postmasterOf({ postgres }: Home): Promise<number> {
  return withAdmin(postgres.adminUrl, async (admin) => {
    const { rows } = await admin.query<{ pid: string }>(
      "select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid",
    );
    return Number(rows[0]?.pid);
  });
}
