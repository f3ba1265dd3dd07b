import { fileURLToPath } from 'node:url';
import pg from 'pg';
import Postgrator from 'postgrator';
import { SetupError, toDatabaseError } from './errors.ts';

export interface MigrateOptions {
  /** Directory of the numbered files; `sql/` of this repository unless told otherwise. */
  readonly directory?: string;
}

/** The same place seen from `src` and from `dist`. */
const ownDirectory = fileURLToPath(new URL('../../../sql', import.meta.url));
/** Apart from the schema formwork, which the first migration makes and its undo drops. */
const schemaTable = 'formwork_migrations.applied';
/** Any number will do, as long as every version of Formwork uses the same. */
const lockKey = '7046001';
const oldestVersion = 150_000;

/**
 * Brings the database to the version of `sql/`: each file in a transaction of its own, all under one advisory lock, so
 * that gateways which start together do not meet. Refuses a database that is newer than this code, and a file that was
 * changed after it had been applied.
 */
export async function migrate(
  adminUrl: string,
  options: MigrateOptions = {},
): Promise<{ applied: number[] }> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'formwork migrate' });
  client.on('error', () => {});
  await connect(client);
  try {
    await assertSuitable(client);
    await client.query(`select pg_advisory_lock(${lockKey})`);
    return { applied: await applyMissing(client, options.directory ?? ownDirectory) };
  } finally {
    await client.end().catch(() => {});
  }
}

async function applyMissing(client: pg.Client, directory: string): Promise<number[]> {
  const runner = new TransactionalRunner(client);
  const postgrator = new Postgrator({
    driver: 'pg',
    schemaTable,
    migrationPattern: `${escapeGlob(directory)}/*.sql`,
    // A checkout with CRLF has the same checksums.
    newline: 'LF',
    execQuery: (query) => runner.query(query),
    execSqlScript: (script) => runner.script(script),
  });
  const newest = await postgrator.getMaxVersion();
  if (!Number.isFinite(newest)) throw new SetupError(`There are no migrations in "${directory}"`);
  const current = await postgrator.getDatabaseVersion();
  // Otherwise postgrator would go down to the version of the files, by their undo files.
  if (current > newest) {
    throw new SetupError(
      `The database is at version ${current}, but this Formwork knows versions up to ${newest} only. ` +
        'Run the newer Formwork, or restore a backup that fits this one',
    );
  }
  let running = '';
  postgrator.on('migration-started', ({ filename }) => {
    running = filename;
  });
  postgrator.on('validation-started', ({ filename }) => {
    running = filename;
  });
  try {
    const migrations = await postgrator.migrate();
    return migrations.map(({ version }) => version);
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw explain(error, running);
  }
}

/** Puts each file and the note that it was applied into one transaction: postgrator sends the note right behind it. */
class TransactionalRunner {
  readonly #client: pg.Client;
  #scriptIsOpen = false;

  constructor(client: pg.Client) {
    this.#client = client;
  }

  async script(script: string): Promise<void> {
    await this.#client.query('begin');
    this.#scriptIsOpen = true;
    await this.#client.query(script);
  }

  async query(query: string): Promise<pg.QueryResult> {
    const result = await this.#client.query(query);
    if (this.#scriptIsOpen) {
      this.#scriptIsOpen = false;
      await this.#client.query('commit');
    }
    return result;
  }
}

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    throw new SetupError(`Postgres cannot be reached: ${toDatabaseError(error).message}`, { cause: error });
  }
}

async function assertSuitable(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string; encoding: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
      current_setting('server_encoding') as encoding`,
  );
  const server = rows[0];
  if (server === undefined || server.number < oldestVersion) {
    throw new SetupError(`Formwork needs Postgres 15 or later; this one is ${server?.version}`);
  }
  if (server.encoding !== 'UTF8') {
    throw new SetupError(
      `Formwork needs a database with the encoding UTF8; this one has ${server.encoding}. ` +
        "Create one with: create database … encoding 'UTF8' template template0",
    );
  }
}

function explain(error: unknown, file: string): Error {
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith('MD5 checksum failed')) {
    return new SetupError(
      `The migration "${file}" was changed after it had been applied to this database. ` +
        'Restore it, and put the change into a new file',
      { cause: error },
    );
  }
  const { sqlstate } = toDatabaseError(error);
  if (sqlstate === '42501') {
    return new SetupError(
      `The role of DATABASE_URL lacks a privilege for the migration "${file}": ${message}. ` +
        'It has to be a superuser, or have CREATEROLE and own the database',
      { cause: error },
    );
  }
  return new SetupError(`The migration "${file}" failed, and nothing of it was kept: ${message}`, {
    cause: error,
  });
}

/** A directory is no pattern, whatever characters its name has. */
function escapeGlob(directory: string): string {
  return process.platform === 'win32'
    ? directory.replaceAll('\\', '/')
    : directory.replaceAll(/[\\?*()[\]{}!+@]/g, '\\$&');
}
