import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Microseconds of CPU that a process has used so far, all its threads together; null where /proc does not say. */
export async function cpuTime(pid: number): Promise<number | null> {
  try {
    const threads = await readdir(`/proc/${pid}/task`);
    const times = await Promise.all(
      threads.map(async (thread) => {
        // First column: nanoseconds on a core (Documentation/scheduler/sched-stats.rst).
        const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0');
        return Number(text.split(' ')[0]);
      }),
    );
    return times.reduce((sum, time) => sum + time, 0) / 1000;
  } catch {
    return null;
  }
}

/** CPU of each process of a Postgres, by pid: its connections come and go. */
export async function postgresTimes(postmaster: number): Promise<ReadonlyMap<number, number>> {
  const run = promisify(execFile);
  const { stdout } = await run('ps', ['--no-headers', '-o', 'pid', '--ppid', String(postmaster)]).catch(
    () => ({
      stdout: '',
    }),
  );
  const pids = stdout
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
  const times = await Promise.all(pids.map(async (pid) => [pid, (await cpuTime(pid)) ?? 0] as const));
  return new Map(times);
}

/** What was used between two looks; processes that have ended in between are not known. */
export function usedBetween(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  return [...after].reduce((sum, [pid, time]) => sum + time - (before.get(pid) ?? 0), 0);
}
