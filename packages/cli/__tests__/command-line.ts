import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../src/run.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON. */
  json<T>(): T;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly interrupted?: AbortSignal;
}

/** Runs a command line in this process: all of it but the signals and the exit. */
export async function runHere(words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [out, error] = [new Sink(), new Sink()];
  const code = await run(words, {
    environment: options.environment ?? {},
    input: (async function* () {
      yield options.input ?? '';
    })(),
    out,
    error,
    interrupted: options.interrupted ?? new AbortController().signal,
  });
  return outcome(code, out.text, error.text);
}

/** A `formwork` process of its own. */
export class Formwork {
  readonly child: ChildProcess;
  readonly #environment: Readonly<Record<string, string>>;
  #stdout = '';
  #stderr = '';

  /** `shell`: with a shell in between, as npm does it. */
  constructor(
    words: readonly string[],
    environment: Readonly<Record<string, string>>,
    shell: 'sh' | null = null,
  ) {
    this.#environment = environment;
    const line = [process.execPath, bin, ...words];
    // What follows keeps the shell from becoming the program.
    const [program = '', ...rest] = shell === null ? line : [shell, '-c', '"$@"; exit', shell, ...line];
    this.child = spawn(program, rest, { env: { ...clean(process.env), ...environment } });
    this.child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  /** Resolves when standard output or error holds the text; rejects if the process ends before. */
  async says(text: string): Promise<void> {
    while (!`${this.#stdout}${this.#stderr}`.includes(text)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(
          `It ended without "${text}", in ${JSON.stringify(this.#environment)}:\n${this.#stdout}${this.#stderr}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async ends(): Promise<Outcome> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
    return outcome(this.child.exitCode ?? -1, this.#stdout, this.#stderr);
  }
}

/** Runs a command line in a process of its own, to its end. */
export function runApart(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Formwork(words, environment).ends();
}

const bin = join(import.meta.dirname, '../bin/formwork.js');

/** What a process runs was built, and tests are to see the sources: so it is built again, which is quick if it is fresh. */
export function build(): void {
  const typescript = join(import.meta.dirname, '../../../node_modules/.bin/tsc');
  execFileSync(typescript, ['-b', join(import.meta.dirname, '..')], { stdio: 'pipe' });
}

/** A directory that goes with the test file. */
export class Scratch {
  readonly path = mkdtempSync(join(tmpdir(), 'formwork-cli-'));

  constructor() {
    // Where we are root, Postgres runs as another user; data that it cannot get at is kept outside of this directory.
    chmodSync(this.path, 0o755);
  }

  file(name: string, content: string | Buffer): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

class Sink extends Writable {
  text = '';

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function outcome(code: number, stdout: string, stderr: string): Outcome {
  return { code, stdout, stderr, json: () => JSON.parse(stdout) };
}

/** Without what the developer has set for a Formwork of his own. */
function clean(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(FORMWORK_|DATABASE_URL$)/.test(name)),
  );
}
