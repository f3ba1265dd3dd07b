import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SetupError } from '../errors.ts';

const run = promisify(execFile);

/** Whom Postgres' processes run as; empty: whoever we are. */
export interface UserIds {
  readonly uid?: number;
  readonly gid?: number;
}

/** Postgres refuses to run as root, so root runs it as the user "postgres", who is made where there is none. */
export async function postgresUserIds(): Promise<UserIds> {
  if (process.getuid?.() !== 0) return {};
  const existing = await lookUp();
  if (existing !== undefined) return existing;
  try {
    await run('groupadd', ['--force', '--system', 'postgres']);
    await run('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres']);
  } catch (error) {
    throw new SetupError(
      'Postgres does not run as root, and the user "postgres" could not be made. ' +
        'Run Formwork as an ordinary user, make that user, or set DATABASE_URL to a Postgres of your own',
      { cause: error },
    );
  }
  const made = await lookUp();
  if (made === undefined) throw new SetupError('The user "postgres" was made, but cannot be found');
  return made;
}

async function lookUp(): Promise<UserIds | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}
