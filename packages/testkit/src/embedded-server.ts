import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedCluster } from '../../pg/src/index.ts';
import type { TestServer } from './start-test-cluster.ts';

/** What is lost in a crash is made anew by the next run, so nothing is ever waited for to reach the disk. */
const settings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_wal_size=2GB',
  'shared_buffers=64MB',
  'max_connections=200',
  'autovacuum_naptime=1h',
];

/** One embedded cluster for one run of jest, in a directory that goes with it. */
export async function startEmbeddedServer(): Promise<TestServer> {
  const home = await mkdtemp(join(tmpdir(), 'formwork-test-'));
  // Where we are root, Postgres is another user, who has to get through.
  await chmod(home, 0o711);
  const cluster = await openEmbeddedCluster({ directory: join(home, 'postgres'), settings });
  const guard = startGuard(cluster.pid, home);
  return {
    adminUrl: cluster.adminUrl,
    stop: async () => {
      await cluster.stop();
      await new Promise((resolve) => guard.once('exit', resolve).stdin?.end());
    },
  };
}

/**
 * A process that waits for the end of its input, which comes when this one ends, in whatever way: by Ctrl-C, by
 * SIGKILL, by a crash. Then it stops the server and removes the directory.
 */
function startGuard(pid: number, home: string): ChildProcess {
  const script = `
    const [pid, home] = [Number(process.argv[1]), process.argv[2]];
    const alive = () => { try { process.kill(pid, 0); return true; } catch { return false; } };
    process.stdin.resume().once('end', async () => {
      if (alive()) process.kill(pid, 'SIGQUIT');
      for (let tries = 0; alive() && tries < 200; tries += 1) await new Promise((next) => setTimeout(next, 50));
      require('node:fs').rmSync(home, { recursive: true, force: true });
    });`;
  const guard = spawn(process.execPath, ['-e', script, String(pid), home], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return guard;
}
