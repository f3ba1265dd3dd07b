import { randomBytes } from 'node:crypto';
// By path: Jest's module mapping does not reach its global setup, which would get whatever was built last.
import { identifier, literal, withAdmin } from '../../pg/src/index.ts';
import { startContainerServer } from './container-server.ts';
import { startEmbeddedServer } from './embedded-server.ts';
import { prepareDatabase } from './prepare-database.ts';
import { publishTestCluster, type TestCluster, withDatabase } from './test-cluster.ts';

/** A server to test on. */
export interface TestServer {
  /** As administrator, to a database that always exists. */
  readonly adminUrl: string;
  stop(): Promise<void>;
}

/** Starts what FORMWORK_TEST_DATABASE asks for: a Postgres by its URL, "testcontainers", or else the embedded one. */
export async function startTestCluster(): Promise<{ stop(): Promise<void> }> {
  const server = await startServer(process.env.FORMWORK_TEST_DATABASE ?? '');
  const template = `formwork_test_${randomBytes(4).toString('hex')}`;
  try {
    publishTestCluster(await createTemplate(server.adminUrl, template));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    stop: async () => {
      await dropDatabases(server.adminUrl, template);
      await server.stop();
    },
  };
}

async function startServer(wanted: string): Promise<TestServer> {
  if (wanted === '' || wanted === 'embedded') return startEmbeddedServer();
  if (wanted === 'testcontainers') return startContainerServer();
  if (/^postgres(ql)?:/.test(wanted)) return { adminUrl: wanted, stop: async () => {} };
  throw new Error(
    `FORMWORK_TEST_DATABASE is "${wanted}": give a URL (postgres://…), "testcontainers", or leave it unset for the embedded Postgres`,
  );
}

async function createTemplate(adminUrl: string, template: string): Promise<TestCluster> {
  await withAdmin(adminUrl, (admin) =>
    admin.query(`create database ${identifier(template)} encoding 'UTF8' template template0`),
  );
  return { ...(await prepareDatabase(withDatabase(adminUrl, template))), adminUrl, template };
}

/** The template and every clone that a test has left behind. */
async function dropDatabases(adminUrl: string, template: string): Promise<void> {
  await withAdmin(adminUrl, async (admin) => {
    const { rows } = await admin.query<{ name: string }>(
      `select datname as name from pg_catalog.pg_database where starts_with(datname, ${literal(template)})`,
    );
    for (const { name } of rows)
      await admin.query(`drop database if exists ${identifier(name)} with (force)`);
  });
}
