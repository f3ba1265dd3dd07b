import { PostgreSqlContainer } from '@testcontainers/postgresql';
import type { TestServer } from './start-test-cluster.ts';

/** Postgres in a container. Testcontainers' own reaper removes it if this run is killed. */
export async function startContainerServer(): Promise<TestServer> {
  const image = process.env.FORMWORK_TEST_IMAGE ?? 'postgres:18-alpine';
  try {
    const container = await new PostgreSqlContainer(image)
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=200'])
      .start();
    return {
      adminUrl: container.getConnectionUri(),
      stop: async () => {
        await container.stop();
      },
    };
  } catch (error) {
    throw new Error(
      'FORMWORK_TEST_DATABASE=testcontainers needs a Docker engine that answers, and a container could not be started ' +
        `(${error instanceof Error ? error.message : String(error)}). Start Docker, or unset the variable to test on the ` +
        'embedded Postgres',
      { cause: error },
    );
  }
}
