import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AdminClient, identifier, withAdmin } from '@formwork/pg';
import { type DatabaseUrls, prepareDatabase } from './prepare-database.ts';
import { type SystemPostgres, startSystemServer } from './system-server.ts';
import { testCluster, withDatabase } from './test-cluster.ts';

/** A migrated database of a test's own. */
export interface TestDatabase extends DatabaseUrls {
  drop(): Promise<void>;
}

/** Clones the migrated template. One for each test file keeps files apart; drop it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, template, gatewayUrl, designerUrl, systemUrl } = testCluster();
  const name = `${template}_${randomBytes(6).toString('hex')}`;
  await withAdmin(adminUrl, (admin) => clone(admin, template, name));
  return {
    adminUrl: withDatabase(adminUrl, name),
    gatewayUrl: withDatabase(gatewayUrl, name),
    designerUrl: withDatabase(designerUrl, name),
    systemUrl: withDatabase(systemUrl, name),
    drop: () => dropDatabase(adminUrl, name),
  };
}

/** An empty database, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<{ readonly adminUrl: string; drop(): Promise<void> }> {
  const { adminUrl, template } = testCluster();
  const name = `${template}_${randomBytes(6).toString('hex')}`;
  await withAdmin(adminUrl, (admin) =>
    admin.query(`create database ${identifier(name)} encoding 'UTF8' template template0`),
  );
  return {
    adminUrl: withDatabase(adminUrl, name),
    drop: () => dropDatabase(adminUrl, name),
  };
}

/** A migrated database on a Postgres of this machine, in a server of its own that ends with `drop`. */
export async function createSystemDatabase(postgres: SystemPostgres): Promise<TestDatabase> {
  const server = await startSystemServer(postgres);
  return { ...(await prepareDatabase(server.adminUrl)), drop: () => server.stop() };
}

/** Runs `work` with a role that bypasses policies: an isolation test ends by showing here that the row exists. */
export function asAdmin<T>(
  database: { readonly adminUrl: string },
  work: (client: AdminClient) => Promise<T>,
): Promise<T> {
  return withAdmin(database.adminUrl, work);
}

/** Two clones at once may find the template in use by each other (55006): then the later one waits its turn. */
async function clone(admin: AdminClient, template: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await admin.query(`create database ${identifier(name)} template ${identifier(template)}`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || attempt === 100) throw error;
      await sleep(50 + Math.random() * 50);
    }
  }
}

function dropDatabase(adminUrl: string, name: string): Promise<void> {
  return withAdmin(adminUrl, async (admin) => {
    await admin.query(`drop database if exists ${identifier(name)} with (force)`);
  });
}
