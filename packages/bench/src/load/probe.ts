import { readFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { type Interval, MachineWatch, outside } from './machine-watch.ts';

export interface ProbeResult {
  /** Milliseconds that each probe waited. */
  readonly waits: readonly number[];
  /**
   * The same without the time that the process itself waited for a core, or else an idle one did: whichever is longer, so this
   * is an upper bound of how long its event loop stood.
   */
  readonly blocked: readonly number[];
  /** Milliseconds at a time that the idle process waited for a core. */
  readonly noCore: readonly number[];
}

/** One probe, and milliseconds of it that the process waited for a core. */
interface Probed extends Interval {
  readonly queued: number;
}

/**
 * Asks `/healthz`, which needs nothing but the event loop, every ten milliseconds until it is stopped: what a probe
 * waits is how long others stood in its way.
 */
export function startProbe(origin: string, pid: number): { stop(): Promise<ProbeResult> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const watching = MachineWatch.start();
  const probes: Probed[] = [];
  let isOver = false;
  const probing = (async () => {
    await watching;
    while (!isOver) {
      const before = await queuedOf(pid);
      const from = now();
      await ask(`${origin}/healthz`, agent);
      const to = now();
      probes.push({ from, to, queued: (await queuedOf(pid)) - before });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await probing;
      agent.destroy();
      const stood = await (await watching).stop();
      return {
        waits: probes.map(lengthOf),
        blocked: probes.map((probe) =>
          Math.max(0, Math.min(outside(probe, stood), lengthOf(probe) - probe.queued)),
        ),
        noCore: stood.map(lengthOf),
      };
    },
  };
}

const now = (): number => performance.timeOrigin + performance.now();
const lengthOf = ({ from, to }: Interval): number => to - from;

/** Milliseconds that the main thread of a process was ready to run and had no core; 0 where there is no /proc that tells. */
async function queuedOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '');
  return Number(text.split(' ')[1] ?? 0) / 1e6;
}

/** A connection that the server closes just as it is used again is no answer: then on another. */
async function ask(url: string, agent: Agent): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = get(url, { agent }, (response) => response.resume().once('end', resolve));
    request.once('error', (error) => (request.reusedSocket ? resolve(ask(url, agent)) : reject(error)));
  });
}
