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

/**
 * Microseconds of CPU that a Postgres has used so far but for the postmaster itself: its processes, and those that have
 * ended, as its connections and the workers of parallel plans do.
 */
export async function postgresTime(postmaster: number): Promise<number> {
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
  const times = await Promise.all(pids.map(async (pid) => (await cpuTime(pid)) ?? 0));
  return times.reduce((sum, time) => sum + time, await endedTime(postmaster));
}

/** Of the children of a process that have ended; to a hundredth of a second. */
async function endedTime(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Behind the name, which may hold anything: cutime and cstime (proc(5)) are the 14th and 15th.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * 10_000;
}
