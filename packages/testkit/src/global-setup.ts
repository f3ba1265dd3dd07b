import { startTestCluster } from './start-test-cluster.ts';

/** Jest's global setup: one Postgres for the whole run, with a migrated template that test databases are clones of. */
export default async function globalSetup(): Promise<void> {
  (globalThis as { formworkTestCluster?: unknown }).formworkTestCluster = await startTestCluster();
}
