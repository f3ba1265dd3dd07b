export { awkwardDecimals, awkwardLetters, longBeginnings } from './awkward-values.ts';
export { countStatements, type StatementCounter } from './count-statements.ts';
export { linksUnderTest } from './links-under-test.ts';
export { findPooler, type Pooler, type PoolerOptions, startPooler } from './pooler.ts';
export { postgresServers, postgresVersions } from './postgres-versions.ts';
export type { TestServer } from './start-test-cluster.ts';
export { findSystemPostgres, type Standby, startStandby } from './system-server.ts';
export { type TestCluster, testCluster } from './test-cluster.ts';
export {
  asAdmin,
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
} from './test-database.ts';
export { createTestTenant, type TestTenant } from './test-tenant.ts';
