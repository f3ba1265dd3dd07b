import { Agent, get } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface ProbeResult {
  /** Milliseconds that each probe waited. */
  readonly waits: readonly number[];
  /** The longest that our own event loop stood still, by which a probe may have seemed late. */
  readonly ownDelay: number;
}

/**
 * Asks `/healthz`, which needs nothing but the event loop, every ten milliseconds until it is stopped: what a probe
 * waits is how long others stood in its way.
 */
export function startProbe(origin: string): { stop(): Promise<ProbeResult> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const own = monitorEventLoopDelay({ resolution: 5 });
  own.enable();
  const waits: number[] = [];
  let isOver = false;
  const probing = (async () => {
    while (!isOver) {
      const started = performance.now();
      await ask(`${origin}/healthz`, agent);
      waits.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await probing;
      own.disable();
      agent.destroy();
      return { waits, ownDelay: own.max / 1e6 };
    },
  };
}

/** A connection that the server closes just as it is used again is no answer: then on another. */
async function ask(url: string, agent: Agent): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = get(url, { agent }, (response) => response.resume().once('end', resolve));
    request.once('error', (error) => (request.reusedSocket ? resolve(ask(url, agent)) : reject(error)));
  });
}
