import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UserIds } from './user-ids.ts';

/** A server process as its `postmaster.pid` tells it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

export interface LaunchOptions {
  readonly postgres: string;
  readonly directory: string;
  readonly ids: UserIds;
  /** Settings as "name=value". */
  readonly settings: readonly string[];
}

/** A server on its way up. */
export interface Launch {
  readonly port: number;
  /** Resolves with what it printed, if it gives up. */
  readonly exited: Promise<string>;
  /** Gives it up. */
  kill(): void;
}

/** Bytes from which on a start begins the log anew. */
const largestLog = 10_000_000;

/** Reads `postmaster.pid`, which Postgres keeps for as long as it runs, and leaves behind when it is killed. */
export async function findPostmaster(directory: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 && isAlive(pid) ? { pid, port } : undefined;
}

/**
 * Starts a server on a free port of 127.0.0.1, in a process group of its own: Ctrl-C is for us, who stop it when the
 * requests in flight are answered. Should we be killed, it stays up and the next start finds it.
 */
export async function launchPostmaster({
  postgres,
  directory,
  ids,
  settings,
}: LaunchOptions): Promise<Launch> {
  const port = await findFreePort(await lastPort(directory));
  const flags = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', ...settings];
  const log = `${directory}.log`;
  // Appended to, because another process may be trying the same.
  const begin = await stat(log).then(
    ({ size }) => size,
    () => 0,
  );
  const output = openSync(log, begin > largestLog ? 'w' : 'a', 0o600);
  const child = spawn(postgres, ['-D', directory, ...flags.flatMap((flag) => ['-c', flag])], {
    ...ids,
    cwd: '/',
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', () => resolve(readFrom(log, begin)));
  });
  return { port, exited, kill: () => child.kill('SIGQUIT') };
}

/** What was written into a file since it had that size. */
async function readFrom(file: string, size: number): Promise<string> {
  const content = await readFile(file).catch(() => Buffer.alloc(0));
  return content.subarray(content.length < size ? 0 : size).toString();
}

/** Milliseconds of a stop in order, then of one without writing everything out; after them it is left to itself. */
const stopPatience = { order: 30_000, force: 15_000 };

/** Stops a server: no new connections, running transactions rolled back, everything written out. */
export async function stopPostmaster(directory: string, { pid }: Postmaster): Promise<void> {
  const { order, force } = stopPatience;
  kill(pid, 'SIGINT');
  // One that somebody has made stand still hears no other signal.
  kill(pid, 'SIGCONT');
  let rest = 50;
  for (let waited = 0; isAlive(pid) && rest > 0 && waited < order + force; waited += 20) {
    if (waited === order) kill(pid, 'SIGQUIT');
    // Its file goes last. Where nobody waits for orphans, as in many containers, its process stays as a zombie.
    if ((await findPostmaster(directory))?.pid !== pid) rest -= 1;
    await sleep(20);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The port of last time, which others may still know; from the command line that Postgres keeps. */
async function lastPort(directory: string): Promise<number> {
  const options = await readFile(join(directory, 'postmaster.opts'), 'utf8').catch(() => '');
  return Number(/"port=(\d+)"/.exec(options)?.[1] ?? 0);
}

/** The preferred port, or if that is taken any other. */
function findFreePort(preferred: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (preferred === 0 ? reject(error) : resolve(findFreePort(0))));
    server.listen(preferred, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
