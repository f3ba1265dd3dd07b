import {
  createSystemDatabase,
  createTestDatabase,
  findSystemPostgres,
  type TestDatabase,
} from '@formwork/testkit';

const old = findSystemPostgres(15);

/**
 * For `describe.each`: the server of this run, and the oldest Postgres that is promised, where this machine has it. Each
 * with a function that opens a migrated database there.
 */
export const postgresVersions: readonly (readonly [string, () => Promise<TestDatabase>])[] = [
  ['the server of this run', createTestDatabase],
  ...(old === undefined ? [] : [['Postgres 15', () => createSystemDatabase(old)] as const]),
];
