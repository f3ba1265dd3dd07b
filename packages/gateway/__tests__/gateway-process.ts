import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { GatewayConfig } from '@formwork/gateway';
import { build } from 'esbuild';

export interface GatewayProcess {
  readonly url: string;
  stop(): Promise<void>;
  /** Without a word (SIGKILL). */
  kill(): Promise<void>;
}

const packages = join(import.meta.dirname, '../..');

/** A gateway in a process of its own, made from the sources: no build has to run first. */
export async function startGatewayProcess(config: GatewayConfig): Promise<GatewayProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    // From here it finds the dependencies of the sources; as its input, the program leaves no file behind.
    cwd: join(packages, 'gateway'),
    env: { ...process.env, GATEWAY_CONFIG: JSON.stringify(config) },
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  bundle ??= bundleProgram();
  child.stdin?.end(await bundle);
  const url = await firstLine(child);
  return {
    url,
    stop() {
      // The end of the channel is its sign, so that it also ends when this process is killed.
      child.disconnect();
      return ended;
    },
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

const program = `
  import { startGateway } from '@formwork/gateway';
  const gateway = await startGateway({ ...JSON.parse(process.env.GATEWAY_CONFIG), logLevel: 'silent' });
  console.log(gateway.url);
  process.once('disconnect', () => gateway.close());
`;

let bundle: Promise<string> | undefined;

async function bundleProgram(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: join(packages, 'gateway'), loader: 'ts' },
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: { '@formwork/pg/sql-text': join(packages, 'pg/src/sql-text.ts'), ...roomAliases() },
  });
  return outputFiles[0]?.text ?? '';
}

function roomAliases(): Record<string, string> {
  const rooms = [
    'registry',
    'pg',
    'directory',
    'view-compiler',
    'records',
    'registry-store',
    'schema-factory',
    'design-api',
    'gateway',
  ];
  return Object.fromEntries(rooms.map((room) => [`@formwork/${room}`, join(packages, room, 'src/index.ts')]));
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the gateway process ended with ${code}`)));
  });
}
