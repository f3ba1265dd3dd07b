import { openPostgres } from '@formwork/pg';
import {
  createTestDatabase,
  findSystemPostgres,
  startSystemServer,
  type TestDatabase,
} from '@formwork/testkit';

const old = findSystemPostgres(15);

/**
 * For `describe.each`: the server of this run, and the oldest Postgres that is promised, where this machine has it. Each
 * with a function that opens a migrated database there.
 */
export const postgresVersions: readonly (readonly [string, () => Promise<TestDatabase>])[] = [
  ['the server of this run', createTestDatabase],
  ...(old === undefined ? [] : [['Postgres 15', openOld] as const]),
];

async function openOld(): Promise<TestDatabase> {
  if (old === undefined) throw new Error('There is no Postgres 15');
  const server = await startSystemServer(old);
  const opened = await openPostgres({ databaseUrl: server.adminUrl });
  return { ...opened, drop: () => server.stop() };
}
