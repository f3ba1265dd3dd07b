import { cpus, loadavg, totalmem } from 'node:os';
import { withAdmin } from '@formwork/pg';
import type { Home } from './home.ts';

/** Where and when something was measured. */
export interface Machine {
  readonly at: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly node: string;
  readonly postgres: string;
  /** Processes that wanted to run in the minute before: above the number of cores, others were in the way. */
  readonly load: number;
}

export async function describeMachine({ postgres }: Home): Promise<Machine> {
  const version = await withAdmin(postgres.adminUrl, async (admin) => {
    const { rows } = await admin.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? '';
  });
  return {
    at: new Date().toISOString(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    postgres: version,
    load: loadavg()[0] ?? 0,
  };
}

export function machineLine({ at, processor, cores, memoryGib, node, postgres, load }: Machine): string {
  return `${at.slice(0, 16)}Z · ${cores} cores (${processor}) · ${memoryGib} GiB · Node ${node} · Postgres ${postgres} · load ${load.toFixed(1)} when it began`;
}
