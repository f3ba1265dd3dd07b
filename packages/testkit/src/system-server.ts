import { execFile, execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { TestServer } from './start-test-cluster.ts';

const run = promisify(execFile);

/** A Postgres that this machine has of its own. */
export interface SystemPostgres {
  readonly major: number;
  /** Directory of its programs. */
  readonly bin: string;
}

/**
 * The Postgres of that major version, if this machine has one: in PATH, or where Debian keeps them. Tests that need it
 * skip themselves elsewhere, for the embedded one is a single version.
 */
export function findSystemPostgres(major: number): SystemPostgres | undefined {
  const debian = '/usr/lib/postgresql';
  const packaged = existsSync(debian)
    ? readdirSync(debian).map((version) => join(debian, version, 'bin'))
    : [];
  const bin = [...(process.env.PATH ?? '').split(delimiter), ...packaged].find(
    (directory) => existsSync(join(directory, 'initdb')) && majorOf(join(directory, 'postgres')) === major,
  );
  return bin === undefined ? undefined : { major, bin };
}

/** Starts it in a temporary directory. */
export async function startSystemServer({ bin }: SystemPostgres): Promise<TestServer> {
  const home = mkdtempSync(join(tmpdir(), 'formwork-system-'));
  const ids = postgresUser();
  const data = join(home, 'data');
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, 'postgres');
  if (ids.uid !== undefined && ids.gid !== undefined) {
    for (const path of [home, passwordFile]) chownSync(path, ids.uid, ids.gid);
  }
  const options = { ...ids, cwd: '/' };
  const flags = [
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
    '-N',
  ];
  await run(join(bin, 'initdb'), ['-D', data, ...flags], options);
  const port = await freePort();
  // Plans are looked at: statistics are made when a test makes them.
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c autovacuum_naptime=1h`;
  await run(
    join(bin, 'pg_ctl'),
    ['start', '-w', '-D', data, '-l', join(home, 'log'), '-o', settings],
    options,
  );
  return {
    adminUrl: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await run(join(bin, 'pg_ctl'), ['stop', '-w', '-m', 'immediate', '-D', data], options);
      rmSync(home, { recursive: true });
    },
  };
}

function majorOf(postgres: string): number | undefined {
  try {
    return Number(
      /\(PostgreSQL\) (\d+)/.exec(execFileSync(postgres, ['--version'], { encoding: 'utf8' }))?.[1],
    );
  } catch {
    return undefined;
  }
}

/** Postgres does not run as root: there, the user "postgres" has to exist, as it does where Postgres is packaged. */
function postgresUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
