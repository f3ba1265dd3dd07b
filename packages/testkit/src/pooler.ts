import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, postgresUser, startOnFreePort } from './system-server.ts';

/** PgBouncer that hands connections on after each transaction. */
export interface Pooler {
  /** The same database by way of it. */
  of(url: string): string;
  /** It dies; `start` has it at the same address again. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface PoolerOptions {
  /** Prepared statements that it keeps for each connection to Postgres; null where it knows nothing of them. */
  readonly preparedStatements: number | null;
}

/** The PgBouncer that this machine has; where it has none tests skip themselves. It follows prepared statements since 1.21. */
export function findPooler(): { readonly version: string; readonly isFollowing: boolean } | undefined {
  try {
    const said = execFileSync('pgbouncer', ['--version'], { encoding: 'utf8' });
    const [, version = '', minor] = /PgBouncer (1\.(\d+)\S*)/.exec(said) ?? [];
    return { version, isFollowing: Number(minor) >= 21 };
  } catch {
    return undefined;
  }
}

/** Starts it in a temporary directory, for the login of the URL, which has two connections to Postgres. */
export async function startPooler(url: string, { preparedStatements }: PoolerOptions): Promise<Pooler> {
  const home = mkdtempSync(join(tmpdir(), 'formwork-pooler-'));
  const [settings, logins, log] = [join(home, 'ini'), join(home, 'logins'), join(home, 'log')];
  const { hostname, port, username, password } = new URL(url);
  writeFileSync(logins, `"${username}" "${decodeURIComponent(password)}"\n`);
  writeFileSync(log, '');
  const ids = postgresUser();
  if (ids.uid !== undefined && ids.gid !== undefined) {
    for (const path of [home, logins, log]) chownSync(path, ids.uid, ids.gid);
  }
  let [child, own]: [ChildProcess | null, number] = [null, 0];
  const startOn = async (listened: number) => {
    own = listened;
    writeFileSync(
      settings,
      [
        ...['[databases]', `* = host=${hostname} port=${port}`, '[pgbouncer]', 'pool_mode = transaction'],
        ...['listen_addr = 127.0.0.1', `listen_port = ${listened}`, 'unix_socket_dir =', `logfile = ${log}`],
        ...['auth_type = scram-sha-256', `auth_file = ${logins}`, 'default_pool_size = 2'],
        ...(preparedStatements === null ? [] : [`max_prepared_statements = ${preparedStatements}`]),
      ].join('\n'),
    );
    child = spawn('pgbouncer', ['--quiet', settings], { ...ids, cwd: '/', stdio: 'ignore' });
    await listening(listened, child);
  };
  const kill = async () => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  await startOnFreePort(freePort, startOn, () => readFileSync(log, 'utf8'));
  return {
    of: (direct) => {
      const through = new URL(direct);
      through.host = `127.0.0.1:${own}`;
      return through.href;
    },
    kill,
    start: () => startOn(own),
    stop: async () => {
      await kill();
      rmSync(home, { recursive: true });
    },
  };
}

/** Rejects where the process ends before. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('PgBouncer has ended');
}
