import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import Postgrator from 'postgrator';
import { withAdmin } from './admin-connection.ts';
import { SetupError, toDatabaseError } from './errors.ts';

export interface MigrateOptions {
  /** Directory of the numbered files; `sql/` of this repository unless told otherwise. */
  readonly directory?: string;
  /** Milliseconds to wait for a lock on a table (2,000): whoever comes later waits behind the one who waits. */
  readonly lockTimeout?: number;
  /** How often (60) a file is tried for which that was too short, a second apart. */
  readonly lockAttempts?: number;
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
 * that gateways which start together do not meet. Older gateways may be at work meanwhile: a file that has to wait for
 * one of their transactions lets them go on, and is tried again. Refuses a database that is newer than this code, and a
 * file that was changed after it had been applied.
 */
export async function migrate(
  adminUrl: string,
  options: MigrateOptions = {},
): Promise<{ applied: number[] }> {
  const { directory = ownDirectory, lockTimeout = 2_000, lockAttempts = 60 } = options;
  return withAdmin(adminUrl, async (client) => {
    await assertSuitable(client);
    await client.query(`select pg_advisory_lock(${lockKey})`);
    await client.query(`set lock_timeout = ${lockTimeout}`);
    const applied: number[] = [];
    for (let attempt = 1; ; attempt += 1) {
      try {
        await applyMissing(client, directory, applied);
        return { applied };
      } catch (error) {
        if (attempt === lockAttempts || !waitedForLock(error)) throw error;
        await sleep(1_000);
      }
    }
  });
}

function waitedForLock(error: unknown): boolean {
  return error instanceof SetupError && toDatabaseError(error.cause).sqlstate === '55P03';
}

/** `applied` hears of each file. */
async function applyMissing(client: pg.Client, directory: string, applied: number[]): Promise<void> {
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
  let running: string | undefined;
  const note = ({ filename }: { filename: string }): void => {
    running = filename;
  };
  postgrator.on('validation-started', note);
  postgrator.on('migration-started', note);
  postgrator.on('migration-finished', ({ version }) => applied.push(version));
  try {
    await assertNotNewer(postgrator, directory);
    await postgrator.migrate();
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error instanceof SetupError ? error : explain(error, running);
  }
}

/** Otherwise postgrator would take the database down to the version of the files, by their undo files. */
async function assertNotNewer(postgrator: Postgrator, directory: string): Promise<void> {
  const newest = Math.max(...(await postgrator.getMigrations()).map(({ version }) => version));
  if (!Number.isFinite(newest)) throw new SetupError(`There are no migrations in "${directory}"`);
  const current = await postgrator.getDatabaseVersion();
  if (current > newest) {
    throw new SetupError(
      `The database is at version ${current}, but this Formwork knows versions up to ${newest} only. ` +
        'Run the newer Formwork, or restore a backup that fits this one',
    );
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

function explain(error: unknown, file: string | undefined): SetupError {
  const { sqlstate, message } = toDatabaseError(error);
  const what = file === undefined ? 'The migrations could not be begun' : `The migration "${file}" failed`;
  if (message.startsWith('MD5 checksum failed')) {
    return new SetupError(
      `The migration "${file}" was changed after it had been applied to this database. ` +
        'Restore it, and put the change into a new file',
      { cause: error },
    );
  }
  const wayOut: Readonly<Record<string, string>> = {
    '42501': '. The role of DATABASE_URL has to be a superuser, or to have CREATEROLE and own the database',
    '25006': '. DATABASE_URL has to lead to the primary server, not to a standby',
    '55P03':
      '. A transaction has held a table for too long: look for it in pg_stat_activity, end it or wait for its end, and try again',
  };
  return new SetupError(`${what}, and nothing of it was kept: ${message}${wayOut[sqlstate ?? ''] ?? ''}`, {
    cause: error,
  });
}

/** A directory is no pattern, whatever characters its name has. */
function escapeGlob(directory: string): string {
  return process.platform === 'win32'
    ? directory.replaceAll('\\', '/')
    : directory.replaceAll(/[\\?*()[\]{}!+@]/g, '\\$&');
}
