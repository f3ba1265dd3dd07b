import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbeddedCluster, withAdmin } from '../../pg/src/index.ts';
import { setPassword } from './prepare-database.ts';
import type { TestServer } from './start-test-cluster.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** What is lost in a crash is made anew by the next run, so nothing is ever waited for to reach the disk. */
const settings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  // A clone of a database is else written into the log as well, page by page.
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_wal_size=512MB',
  // What is read is in memory already: no process of Postgres' own has to read it.
  'io_method=sync',
  // A password is proven on each connection by so many rounds of a hash; 4,096 are milliseconds.
  'scram_iterations=1',
  'shared_buffers=64MB',
  'max_connections=200',
  'autovacuum_naptime=1h',
];

/** One embedded cluster for one run of jest, in a directory that goes with it. */
export async function startEmbeddedServer(): Promise<TestServer> {
  const home = await mkdtemp(join(await temporaryDirectory(), 'formwork-test-'));
  // Where we are root, Postgres is another user, who has to get through.
  await chmod(home, 0o711);
  const guard = startGuard(home);
  const endGuard = async (): Promise<void> => {
    // It must hold this process up now: with nothing else left to wait for, node would end at once, before jest has
    // said by its exit code that tests have failed.
    guard.ref();
    await new Promise((resolve) => guard.once('exit', resolve).stdin?.end());
  };
  try {
    const cluster = await openEmbeddedCluster({ directory: join(home, 'postgres'), settings });
    await withAdmin(cluster.adminUrl, (admin) => setPassword(admin, cluster.adminUrl));
    return {
      adminUrl: cluster.adminUrl,
      stop: async () => {
        await cluster.stop();
        await endGuard();
      },
    };
  } catch (error) {
    await endGuard();
    throw error;
  }
}

/**
 * A process that waits for the end of its input, which comes when this one ends, in whatever way: by Ctrl-C, by
 * SIGKILL, by a crash. Then it stops the server, if one runs there, and removes the directory.
 */
function startGuard(home: string): ChildProcess {
  const script = `
    const { readFileSync, rmSync } = require('node:fs');
    const home = process.argv[1];
    const pid = () => {
      try { return Number(readFileSync(home + '/postgres/postmaster.pid', 'utf8').split('\\n')[0]); } catch { return 0; }
    };
    process.stdin.resume().once('end', async () => {
      const server = pid();
      const signal = (number) => { try { return server > 0 && process.kill(server, number); } catch { return false; } };
      signal('SIGQUIT');
      for (let tries = 0; signal(0) && tries < 200; tries += 1) await new Promise((next) => setTimeout(next, 50));
      rmSync(home, { recursive: true, force: true });
    });`;
  const guard = spawn(process.execPath, ['-e', script, home], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return guard;
}
