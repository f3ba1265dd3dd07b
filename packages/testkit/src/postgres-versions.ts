import { startEmbeddedServer } from './embedded-server.ts';
import type { TestServer } from './start-test-cluster.ts';
import { findSystemPostgres, type SystemPostgres, startSystemServer } from './system-server.ts';
import { createSystemDatabase, createTestDatabase, type TestDatabase } from './test-database.ts';

/**
 * For `describe.each`: each Postgres with a function that opens one there; with none, and a title that says so, where
 * this machine does not have it.
 */
type Versions<Opened> = readonly (readonly [title: string, open: (() => Promise<Opened>) | undefined])[];

const old = findSystemPostgres(15);

/** The server of this run, and the oldest Postgres that is promised: migrated databases. */
export const postgresVersions = withOldest<TestDatabase>(
  'the server of this run',
  createTestDatabase,
  createSystemDatabase,
);

/** The embedded version and the oldest one, as servers of a test's own: for what belongs to a whole cluster, as logins do. */
export const postgresServers = withOldest<TestServer>(
  'the embedded Postgres',
  startEmbeddedServer,
  startSystemServer,
);

function withOldest<Opened>(
  title: string,
  open: () => Promise<Opened>,
  openOld: (postgres: SystemPostgres) => Promise<Opened>,
): Versions<Opened> {
  return [
    [title, open],
    old === undefined
      ? ['Postgres 15 (skipped: this machine has none)', undefined]
      : ['Postgres 15', () => openOld(old)],
  ];
}
