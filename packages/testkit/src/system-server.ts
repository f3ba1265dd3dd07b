import { execFile, execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { withAdmin } from '@formwork/pg';
import type { TestServer } from './start-test-cluster.ts';
import { temporaryDirectory } from './temporary-directory.ts';

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
  // A directory in PATH may have links to some of its programs alone.
  const bin = [...packaged, ...(process.env.PATH ?? '').split(delimiter)].find(
    (directory) => existsSync(join(directory, 'initdb')) && majorOf(join(directory, 'postgres')) === major,
  );
  return bin === undefined ? undefined : { major, bin };
}

/** Starts it in a temporary directory, on a port that is free. */
export function startSystemServer(
  { bin }: SystemPostgres,
  choosePort: () => Promise<number> = freePort,
): Promise<TestServer> {
  return serve(
    bin,
    async ({ data, passwordFile, options }) => {
      const flags = [
        ...['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
        ...['-E', 'UTF8', '--locale=C', '-N'],
      ];
      await run(join(bin, 'initdb'), ['-D', data, ...flags], options);
    },
    choosePort,
  );
}

/** A hot standby that follows a server of this machine until it is promoted. */
export interface Standby extends TestServer {
  promote(): Promise<void>;
}

export async function startStandby({ bin }: SystemPostgres, primary: TestServer): Promise<Standby> {
  const server = await serve(bin, async ({ data, options }) => {
    await run(join(bin, 'pg_basebackup'), ['-D', data, '-R', '-c', 'fast', '-d', primary.adminUrl], options);
  });
  return {
    ...server,
    promote: async () => {
      await withAdmin(server.adminUrl, (admin) => admin.query('select pg_promote()'));
    },
  };
}

interface Place {
  readonly data: string;
  readonly passwordFile: string;
  /** To run Postgres' programs with. */
  readonly options: { readonly cwd: string; readonly uid?: number; readonly gid?: number };
}

async function serve(
  bin: string,
  makeData: (place: Place) => Promise<void>,
  choosePort: () => Promise<number> = freePort,
): Promise<TestServer> {
  const home = mkdtempSync(join(await temporaryDirectory(), 'formwork-system-'));
  const ids = postgresUser();
  const [data, passwordFile, log] = [join(home, 'data'), join(home, 'password'), join(home, 'log')];
  writeFileSync(passwordFile, 'postgres');
  if (ids.uid !== undefined && ids.gid !== undefined) {
    for (const path of [home, passwordFile]) chownSync(path, ids.uid, ids.gid);
  }
  const options = { ...ids, cwd: '/' };
  await makeData({ data, passwordFile, options });
  const startOn = (port: number) => {
    // Plans are looked at: statistics are made when a test makes them.
    const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c autovacuum_naptime=1h`;
    return run(join(bin, 'pg_ctl'), ['start', '-w', '-D', data, '-l', log, '-o', settings], options);
  };
  const port = await startOnFreePort(choosePort, startOn, () => readFileSync(log, 'utf8'));
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
export function postgresUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Somebody else may have taken the port between its choice and its use: then another one is tried. */
export async function startOnFreePort(
  choosePort: () => Promise<number>,
  start: (port: number) => Promise<unknown>,
  readLog: () => string,
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort();
    try {
      await start(port);
      return port;
    } catch (error) {
      if (attempt === 10 || !readLog().includes('Address already in use')) throw error;
    }
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
