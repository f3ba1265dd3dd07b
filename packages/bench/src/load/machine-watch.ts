import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Milliseconds since 1970, of all processes alike. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Watches by an idle process when there was no core to be had: see `servers/watch-machine`. */
export class MachineWatch {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start(): Promise<MachineWatch> {
    const process = fork(fileURLToPath(new URL('../servers/watch-machine.js', import.meta.url)));
    await once(process, 'message');
    return new MachineWatch(process);
  }

  /** When there was none, in order. */
  async stop(): Promise<readonly Interval[]> {
    const told = once(this.#process, 'message');
    this.#process.send('tell');
    const [stood] = await told;
    return stood;
  }
}

/** Milliseconds of an interval that are in none of the others. */
export function outside({ from, to }: Interval, others: readonly Interval[]): number {
  return others.reduce(
    (left, other) => left - Math.max(0, Math.min(to, other.to) - Math.max(from, other.from)),
    to - from,
  );
}
