import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SetupError } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import { initialiseDatabases } from './initialise-databases.ts';
import type { UserIds } from './user-ids.ts';

const passwordFile = 'formwork_superuser_password';

/** Makes sure that `directory` is a data directory of this major version; returns the superuser's password. */
export async function prepareDataDirectory(
  directory: string,
  binaries: Binaries,
  ids: UserIds,
  isDurable: boolean,
): Promise<string> {
  if (!(await isDataDirectory(directory, binaries.major)))
    await createDataDirectory(directory, binaries, ids, isDurable);
  try {
    return (await readFile(join(directory, passwordFile), 'utf8')).trim();
  } catch (error) {
    throw new SetupError(
      `"${join(directory, passwordFile)}" cannot be read, so there is no way into that Postgres. ` +
        'Run Formwork as the user who made it, or set FORMWORK_DATA_DIR to another directory',
      { cause: error },
    );
  }
}

/** Throws where there is something in the way: another version's data, or no data of Postgres at all. */
async function isDataDirectory(directory: string, major: string): Promise<boolean> {
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw unusableDirectory(directory, error);
  });
  if (entries.length === 0) return false;
  const version = await readFile(join(directory, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version === undefined) {
    throw new SetupError(
      `"${directory}" is not empty, but no data directory of Postgres either. ` +
        'Move what is in it, or set FORMWORK_DATA_DIR to another directory',
    );
  }
  if (version.trim() !== major) {
    throw new SetupError(
      `The data in "${directory}" was made by Postgres ${version.trim()}, but the embedded one is Postgres ${major}. ` +
        `Take it along with pg_dump of version ${version.trim()}, set FORMWORK_DATA_DIR to another directory to begin ` +
        'with nothing, or set DATABASE_URL to a Postgres that runs on that data',
    );
  }
  return true;
}

/** Made beside its place and then moved there, so that it is there whole or not at all, whoever else tries the same. */
async function createDataDirectory(
  directory: string,
  binaries: Binaries,
  ids: UserIds,
  isDurable: boolean,
): Promise<void> {
  const parent = dirname(directory);
  let draft: string | undefined;
  try {
    await mkdir(parent, { recursive: true });
    draft = await mkdtemp(join(parent, `${basename(directory)}-new-`));
    const password = randomBytes(24).toString('base64url');
    await initialiseDatabases(draft, password, binaries, ids, isDurable);
    await writeFile(join(draft, passwordFile), `${password}\n`, { mode: 0o600 });
    await moveTo(directory, draft);
  } catch (error) {
    throw error instanceof SetupError ? error : unusableDirectory(directory, error);
  } finally {
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
  }
}

async function moveTo(directory: string, draft: string): Promise<void> {
  try {
    await rename(draft, directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another process was faster; its databases are as good as ours.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

/** A directory that cannot be read, made or written. */
export function unusableDirectory(directory: string, cause: unknown): SetupError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SetupError(
    `The data directory "${directory}" cannot be used (${reason}). ` +
      'Make it writable, set FORMWORK_DATA_DIR to another one, or set DATABASE_URL to a Postgres of your own',
    { cause },
  );
}
