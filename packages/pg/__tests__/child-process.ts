import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

/** A process of its own that runs our code, as built from these sources. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line that it prints, parsed. */
  next(): Promise<Record<string, unknown>>;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

/** Where `sql/` and the npm packages are found as they are from `src`. */
const home = join(import.meta.dirname, '../dist');
const file = join(home, `test-child-${process.pid}.mjs`);

/**
 * Opens Postgres (`directory`: the bare cluster), tells what came of it and, if it is open, waits: for a line on its
 * input or SIGINT, upon which it stops Postgres and ends.
 */
const script = `
  import { openEmbeddedCluster, openPostgres } from '../src/index.ts';
  const say = (message) => console.log(JSON.stringify(message));
  try {
    const config = JSON.parse(process.argv[2]);
    const opened = await (config.directory ? openEmbeddedCluster(config) : openPostgres(config));
    say({ ...opened, stop: undefined });
    const tellWhy = (error) => say({ error: error.message, name: error.name });
    const stop = async () => { await opened.stop().then(() => say({ stopped: true }), tellWhy); process.exit(); };
    process.once('SIGINT', stop);
    process.stdin.once('data', stop);
  } catch (error) {
    say({ error: error.message, name: error.name });
  }`;

export async function buildChild(): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: home, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  await mkdir(home, { recursive: true });
  await writeFile(file, outputFiles[0]?.contents ?? '');
}

export const removeChild = (): Promise<void> => rm(file, { force: true });

export function startChild(config: object): Child {
  const child = spawn(process.execPath, [file, JSON.stringify(config)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    ended: new Promise((resolve) => child.once('exit', () => resolve())),
    next: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error('The child has ended without a word');
      return JSON.parse(value);
    },
  };
}
