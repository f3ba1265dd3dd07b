import { Agent, get } from 'node:http';
import { type Interval, MachineWatch, outside } from './machine-watch.ts';

export interface ProbeResult {
  /** Milliseconds that each probe waited. */
  readonly waits: readonly number[];
  /** The same without the time in which an idle process had no core either. */
  readonly blocked: readonly number[];
  /** Milliseconds at a time that the idle process waited for a core. */
  readonly noCore: readonly number[];
}

/**
 * Asks `/healthz`, which needs nothing but the event loop, every ten milliseconds until it is stopped: what a probe
 * waits is how long others stood in its way.
 */
export function startProbe(origin: string): { stop(): Promise<ProbeResult> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const watching = MachineWatch.start();
  const probes: Interval[] = [];
  let isOver = false;
  const probing = (async () => {
    await watching;
    while (!isOver) {
      const from = now();
      await ask(`${origin}/healthz`, agent);
      probes.push({ from, to: now() });
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
        blocked: probes.map((probe) => outside(probe, stood)),
        noCore: stood.map(lengthOf),
      };
    },
  };
}

const now = (): number => performance.timeOrigin + performance.now();
const lengthOf = ({ from, to }: Interval): number => to - from;

/** A connection that the server closes just as it is used again is no answer: then on another. */
async function ask(url: string, agent: Agent): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = get(url, { agent }, (response) => response.resume().once('end', resolve));
    request.once('error', (error) => (request.reusedSocket ? resolve(ask(url, agent)) : reject(error)));
  });
}
