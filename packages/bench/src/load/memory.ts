import { readFile } from 'node:fs/promises';
import { withAdmin } from '@formwork/pg';
import type { Home } from '../home.ts';

/** Bytes of a process that it shares with none, NaN where there is no /proc that tells. */
export async function privateMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const kibibytes = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm)].map(([, size]) => Number(size));
  return kibibytes.length === 0 ? Number.NaN : kibibytes.reduce((sum, size) => sum + size, 0) * 1024;
}

/** The same of each connection that a gateway holds. */
export async function connectionMemory({ postgres }: Home): Promise<readonly number[]> {
  const pids = await withAdmin(postgres.adminUrl, async (admin) => {
    const { rows } = await admin.query<{ pid: number }>(
      "select pid from pg_stat_activity where usename = 'formwork_gateway'",
    );
    return rows.map(({ pid }) => pid);
  });
  return Promise.all(pids.map(privateMemory));
}
