import type { DatabaseUrls } from './prepare-database.ts';

/** What the test files need to know of the server: their processes read it from the environment. */
export interface TestCluster extends DatabaseUrls {
  /** Of the server, not of the template as the other URLs, from which those of a clone differ in the path alone. */
  readonly adminUrl: string;
  /** The migrated database that every test database is a clone of; their names begin with its name. */
  readonly template: string;
}

const variable = 'FORMWORK_TEST_CLUSTER';

/** Tells the test files, whose processes are started with this environment. */
export function publishTestCluster(cluster: TestCluster): void {
  process.env[variable] = JSON.stringify(cluster);
}

/** The cluster of this test run. */
export function testCluster(): TestCluster {
  const text = process.env[variable];
  if (text === undefined)
    throw new Error('There is no test cluster: run tests through jest, whose global setup starts it');
  return JSON.parse(text);
}

/** `url` with another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
