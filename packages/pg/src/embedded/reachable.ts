import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdir, mkdtemp, readlink, realpath, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { UserIds } from './user-ids.ts';

const run = promisify(execFile);

/** Where root keeps what the user "postgres" could not get at in its proper place, such as below /root. */
const refuge = '/var/lib/formwork';

/** A directory of programs that `ids` may run: the given one, or a copy of it. */
export async function reachablePrograms(directory: string, name: string, ids: UserIds): Promise<string> {
  if (await canReach(directory, ids)) return directory;
  const copy = join(refuge, name);
  if (await exists(copy)) return copy;
  await mkdir(refuge, { recursive: true });
  const draft = await mkdtemp(`${copy}-new-`);
  try {
    await cp(directory, draft, { recursive: true, verbatimSymlinks: true });
    await chmod(draft, 0o755);
    await rename(draft, copy);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process was faster.
    if (!(await exists(copy))) throw error;
  }
  return copy;
}

/** A place for data that `ids` can get at: the given one, or one that a symlink in its stead leads to. */
export async function reachablePlace(directory: string, ids: UserIds): Promise<string> {
  if (ids.uid === undefined) return directory;
  const stats = await lstat(directory).catch(() => undefined);
  if (stats?.isSymbolicLink()) return remakeHome(directory);
  if (stats !== undefined) return realpath(directory);
  await mkdir(dirname(directory), { recursive: true });
  if (await canReach(dirname(directory), ids)) return directory;

  await mkdir(refuge, { recursive: true });
  const home = await mkdtemp(join(refuge, 'data-'));
  await chmod(home, 0o711);
  try {
    await symlink(join(home, basename(directory)), directory);
  } catch (error) {
    await rm(home, { recursive: true });
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return remakeHome(directory);
}

/** Where a symlink leads, whether something is there or not yet. */
async function remakeHome(link: string): Promise<string> {
  const target = await readlink(link);
  await mkdir(dirname(target), { recursive: true, mode: 0o711 });
  return realpath(link).catch(() => target);
}

async function canReach(directory: string, ids: UserIds): Promise<boolean> {
  if (ids.uid === undefined) return true;
  return run('test', ['-x', directory], { ...ids, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
