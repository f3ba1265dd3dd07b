import { findSystemPostgres } from './system-server.ts';
import { createSystemDatabase, createTestDatabase, type TestDatabase } from './test-database.ts';

const old = findSystemPostgres(15);

/**
 * For `describe.each`: the server of this run, and the oldest Postgres that is promised. Each with a function that opens
 * a migrated database there; with none, and a title that says so, where this machine does not have it.
 */
export const postgresVersions: readonly (readonly [string, (() => Promise<TestDatabase>) | undefined])[] = [
  ['the server of this run', createTestDatabase],
  [
    old === undefined ? 'Postgres 15 (skipped: this machine has none)' : 'Postgres 15',
    old && (() => createSystemDatabase(old)),
  ],
];
