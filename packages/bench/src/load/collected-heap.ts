import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Asks processes what is left of their heap once its garbage is collected: see `servers/tell-heap`. */
export class CollectedHeap {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(): Promise<CollectedHeap> {
    return new CollectedHeap(await mkdtemp(join(tmpdir(), 'formwork-heap-')));
  }

  /** What a process has to be started with, to be asked. */
  get environment(): Record<string, string> {
    const hook = fileURLToPath(new URL('../servers/tell-heap.js', import.meta.url));
    return { NODE_OPTIONS: `--import=${hook}`, BENCH_HEAP_FILE: this.#file };
  }

  /** Bytes. */
  async of(pid: number): Promise<number> {
    await rm(this.#file, { force: true });
    process.kill(pid, 'SIGUSR2');
    for (;;) {
      const text = await readFile(this.#file, 'utf8').catch(() => '');
      if (text !== '') return Number(text);
      await sleep(20);
    }
  }

  async close(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  get #file(): string {
    return join(this.#directory, 'bytes');
  }
}
