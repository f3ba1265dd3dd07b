import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { NativeUrls } from '../data/native-tables.ts';
import type { Shop } from '../data/shop.ts';
import { BenchFailure } from '../failure.ts';
import { benchDirectory } from '../home.ts';
import { tell } from '../tell.ts';
import { startProcess } from './start-process.ts';
import type { Target } from './target.ts';

const run = promisify(execFile);

/**
 * PostGraphile 5 over the native tables: as the owner without row-level security, which is its fastest form; or as a
 * tenant's role with the tenant set for each request, which is what several tenants need.
 */
export async function startPostgraphile(
  { tenants }: Shop,
  urls: NativeUrls,
  isScoped: boolean,
): Promise<Target> {
  const directory = await installCompetitor();
  const { greeting, pid, stop } = await startProcess({
    // It needs Node 22; the npm package `node` brings it.
    command: join(directory, 'node_modules/node/bin/node'),
    args: [join(directory, 'server.js')],
    directory,
    environment: {
      GRAPHILE_ENV: 'production',
      COMPETITOR_DATABASE: isScoped ? urls.tenant : urls.owner,
      COMPETITOR_TENANT_SETTING: isScoped ? '1' : '0',
    },
  });
  return {
    name: isScoped ? 'postgraphileTenant' : 'postgraphile',
    title: isScoped ? 'PostGraphile, RLS + tenant setting' : 'PostGraphile, no RLS',
    url: `${greeting.url}/graphql`,
    pid,
    request: (operation, sample, index) => operation.postgraphile(sample, index),
    headers: (tenant) => ({ 'x-tenant': tenants[tenant]?.id ?? '' }),
    stop,
  };
}

/** Installs what the competitor needs, outside of the product's own dependencies. */
async function installCompetitor(): Promise<string> {
  const source = fileURLToPath(new URL('../../competitor/', import.meta.url));
  const directory = benchDirectory('competitor');
  await mkdir(directory, { recursive: true });
  for (const name of ['package.json', 'server.js']) await copyFile(join(source, name), join(directory, name));
  if (existsSync(join(directory, 'node_modules/node/bin/node'))) return directory;
  tell('Installing PostGraphile and Node 22 …');
  const options = { cwd: directory, maxBuffer: 64 * 1024 * 1024 };
  await run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], options).catch(
    (error: unknown) => {
      throw new BenchFailure('PostGraphile could not be installed; benches need the npm registry.', {
        cause: error,
      });
    },
  );
  return directory;
}
