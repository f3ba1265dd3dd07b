import { fileURLToPath } from 'node:url';
import type { Shop } from '../data/shop.ts';
import { type RawMode, rawStatements } from '../operations/raw-statements.ts';
import type { RawServerSettings } from '../servers/raw-server.ts';
import { type StartedProcess, startProcess } from './start-process.ts';
import type { Target } from './target.ts';

/** The raw limit over our own storage, or over native tables. */
export async function startRaw({ home, tenants }: Shop, mode: RawMode, nativeUrl: string): Promise<Target> {
  const [first] = tenants;
  if (first === undefined) throw new Error('There is no tenant');
  const settings: RawServerSettings = {
    mode,
    url: mode === 'native' ? nativeUrl : home.postgres.gatewayUrl,
    statements: rawStatements(mode, first.registry),
    version: first.version,
  };
  const { greeting, pid, stop } = await startRawServer(settings);
  return {
    name: mode === 'native' ? 'rawNative' : 'rawJsonb',
    title: mode === 'native' ? 'raw limit, native tables' : 'raw limit, JSONB + RLS',
    url: greeting.url,
    pid,
    request: (operation, sample, index) => operation.raw(sample, index),
    headers: (tenant) => ({ 'x-tenant': tenants[tenant]?.id ?? '' }),
    stop,
  };
}

export function startRawServer(settings: RawServerSettings): Promise<StartedProcess> {
  return startProcess({
    args: [fileURLToPath(new URL('../servers/raw-server.js', import.meta.url))],
    environment: { RAW_SERVER: JSON.stringify(settings) },
  });
}
