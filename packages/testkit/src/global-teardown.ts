/** Jest's global teardown: stops what the global setup has started. An interrupted run is cleaned up by its guard. */
export default async function globalTeardown(): Promise<void> {
  const { formworkTestCluster } = globalThis as { formworkTestCluster?: { stop(): Promise<void> } };
  await formworkTestCluster?.stop();
}
