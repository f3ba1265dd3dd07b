import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type pg from 'pg';
import { withAdmin } from './admin-connection.ts';
import { openEmbeddedCluster } from './embedded/cluster.ts';
import { SetupError } from './errors.ts';
import { setUpLogins } from './logins.ts';
import { migrate } from './migrate.ts';
import { identifier } from './sql-text.ts';

export interface PostgresConfig {
  /** An administrator's URL of a Postgres of one's own; without it an embedded one is used. */
  readonly databaseUrl?: string | undefined;
  /** Logins of one's own for the two planes; then no password is touched. */
  readonly gatewayUrl?: string | undefined;
  readonly designerUrl?: string | undefined;
  /** Directory of the embedded Postgres' data (".formwork"). */
  readonly dataDir?: string | undefined;
  /** Signs cursors; without it one is made and kept in the database. */
  readonly secret?: string | undefined;
}

/** A Postgres that is migrated and ready for both planes. */
export interface OpenedPostgres {
  readonly adminUrl: string;
  readonly gatewayUrl: string;
  readonly designerUrl: string;
  /** The secret of the installation, the same for all its gateways. */
  readonly secret: string;
  readonly source: 'embedded' | 'external';
  /** Migrations that this call has applied. */
  readonly applied: readonly number[];
  /** An embedded Postgres stops when the last process that uses it has called this. */
  stop(): Promise<void>;
}

/** Finds or starts Postgres, migrates it and sets up the logins. Throws a SetupError that says the way out. */
export async function openPostgres(config: PostgresConfig): Promise<OpenedPostgres> {
  if (config.databaseUrl !== undefined) {
    assertPostgresUrl(config.databaseUrl);
    return { ...(await prepare(config.databaseUrl, config)), source: 'external', stop: async () => {} };
  }
  const cluster = await openEmbeddedCluster({ directory: join(config.dataDir ?? '.formwork', 'postgres') });
  try {
    const adminUrl = await ensureDatabase(cluster.adminUrl, 'formwork');
    return { ...(await prepare(adminUrl, config)), source: 'embedded', stop: () => cluster.stop() };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function prepare(
  adminUrl: string,
  config: PostgresConfig,
): Promise<Omit<OpenedPostgres, 'source' | 'stop'>> {
  const { applied } = await migrate(adminUrl);
  return withAdmin(adminUrl, async (admin) => {
    const logins = await setUpLogins(admin, { ...config, adminUrl });
    const secret = config.secret ?? (await installationSecret(admin));
    return { adminUrl, ...logins, secret, applied };
  });
}

/** Made once and kept: every gateway of the installation has to sign alike. */
async function installationSecret(admin: pg.Client): Promise<string> {
  await admin.query(
    `insert into formwork.settings (name, value) values ('secret', $1) on conflict (name) do nothing`,
    [randomBytes(32).toString('base64url')],
  );
  const { rows } = await admin.query<{ value: string }>(
    "select value from formwork.settings where name = 'secret'",
  );
  if (rows[0] === undefined) throw new SetupError('The secret of the installation could not be kept');
  return rows[0].value;
}

/** The URL of a database of the cluster, which is made where it is missing. */
async function ensureDatabase(clusterUrl: string, name: string): Promise<string> {
  await withAdmin(clusterUrl, async (admin) => {
    const { rowCount } = await admin.query('select from pg_catalog.pg_database where datname = $1', [name]);
    if (rowCount !== 0) return;
    await admin.query(`create database ${identifier(name)}`).catch((error: { code?: string }) => {
      // Another process was faster: said by the one code or the other, depending on how close it was.
      if (error.code !== '42P04' && error.code !== '23505') throw error;
    });
  });
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  return url.href;
}

function assertPostgresUrl(text: string): void {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (protocol === 'postgres:' || protocol === 'postgresql:') return;
  throw new SetupError(
    'DATABASE_URL is no URL of a Postgres: write postgres://user:password@host:5432/database',
  );
}
