import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
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
  // Beside the sources, so that it finds their dependencies.
  const outfile = join(packages, 'gateway', `node_modules/.gateway-process-${process.pid}.mjs`);
  await build({
    stdin: { contents: program, resolveDir: join(packages, 'gateway'), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: { '@formwork/pg/sql-text': join(packages, 'pg/src/sql-text.ts'), ...roomAliases() },
  });
  const child = spawn(process.execPath, [outfile], {
    env: { ...process.env, GATEWAY_CONFIG: JSON.stringify(config) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await firstLine(child);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const end = async () => {
    await ended;
    await rm(outfile, { force: true });
  };
  return {
    url,
    stop() {
      // The end of its input is its sign, so that it also ends when this process is killed.
      child.stdin?.end();
      return end();
    },
    kill() {
      child.kill('SIGKILL');
      return end();
    },
  };
}

const program = `
  import { startGateway } from '@formwork/gateway';
  const gateway = await startGateway({ ...JSON.parse(process.env.GATEWAY_CONFIG), logLevel: 'silent' });
  console.log(gateway.url);
  process.stdin.resume().once('end', () => gateway.close());
`;

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
