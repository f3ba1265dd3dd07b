export { awkwardDecimals, awkwardLetters, longBeginnings } from './awkward-values.ts';
export { countStatements, type StatementCounter } from './count-statements.ts';
export { linksUnderTest } from './links-under-test.ts';
export { postgresVersions } from './postgres-versions.ts';
export {
  findSystemPostgres,
  type SystemPostgres,
  type SystemServer,
  startSystemServer,
} from './system-server.ts';
export { type TestCluster, testCluster } from './test-cluster.ts';
export {
  asAdmin,
  createEmptyDatabase,
  createSystemDatabase,
  createTestDatabase,
  type TestDatabase,
} from './test-database.ts';
export { createTestTenant, type TestTenant } from './test-tenant.ts';
