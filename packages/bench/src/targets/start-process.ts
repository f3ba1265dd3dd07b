import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BenchFailure } from '../failure.ts';

export interface StartedProcess {
  /** What its first line of JSON said. */
  readonly greeting: { readonly url: string };
  readonly pid: number;
  stop(): Promise<void>;
}

export interface ProcessOptions {
  readonly command?: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory?: string;
}

/** Starts a server that says where it listens in one line of JSON (or in many: everything up to a lone "}"). */
export async function startProcess({
  command = process.execPath,
  args,
  environment,
  directory,
}: ProcessOptions): Promise<StartedProcess> {
  const child = spawn(command, [...args], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(directory === undefined ? {} : { cwd: directory }),
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4_000);
  });
  const greeting = await Promise.race([readGreeting(child), once(child, 'exit').then(() => undefined)]);
  if (greeting === undefined || child.pid === undefined) {
    throw new BenchFailure(`${args.join(' ')} did not start:\n${complaints}`);
  }
  return { greeting, pid: child.pid, stop: () => stop(child) };
}

async function readGreeting(child: ChildProcess): Promise<{ url: string } | undefined> {
  if (child.stdout === null) return undefined;
  let text = '';
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    text += line;
    try {
      const greeting: { url: string } = JSON.parse(text);
      // Whoever does not read on would let the other stall.
      lines.on('line', () => {});
      child.stdout.resume();
      return greeting;
    } catch {
      if (!text.startsWith('{')) text = '';
    }
  }
  return undefined;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
