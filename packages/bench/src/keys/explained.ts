import type { AdminClient } from '@formwork/pg';

interface Explained {
  /** Milliseconds of execution. */
  readonly ms: number;
  /** Pages that were not in Postgres' memory. */
  readonly missed: number;
  /** Bytes. */
  readonly wal: number;
}

interface Plan {
  readonly 'Execution Time': number;
  readonly Plan: Readonly<Record<string, unknown>>;
}

/** Runs the statement and gives what Postgres says that it cost. */
export async function explained(
  admin: AdminClient,
  text: string,
  values: readonly string[],
): Promise<Explained> {
  const { rows } = await admin.query<{ 'QUERY PLAN': readonly Plan[] }>(
    `explain (analyze, buffers, wal, timing off, format json) ${text}`,
    [...values],
  );
  const found = rows[0]?.['QUERY PLAN'][0];
  if (found === undefined) throw new Error('Postgres explained nothing');
  return {
    ms: found['Execution Time'],
    missed: Number(found.Plan['Shared Read Blocks'] ?? 0),
    wal: Number(found.Plan['WAL Bytes'] ?? 0),
  };
}
