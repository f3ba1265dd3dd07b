import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Home } from '../home.ts';
import { startProcess } from './start-process.ts';
import type { Target } from './target.ts';

/** Our gateway as a user would start it: `formwork start`, all settings at their defaults. */
export async function startFormwork(
  { home, tenants }: { readonly home: Home; readonly tenants: readonly { readonly key: string }[] },
  environment: Record<string, string> = {},
): Promise<Target> {
  const { greeting, pid, stop } = await startProcess({
    args: [formworkCommand(), 'start', '--json'],
    environment: { FORMWORK_DATA_DIR: home.directory, FORMWORK_PORT: '0', ...environment },
  });
  return {
    name: 'formwork',
    title: 'Formwork',
    url: `${greeting.url}/graphql`,
    pid,
    request: (operation, sample, index) => operation.formwork(sample, index),
    headers: (tenant) => ({ authorization: `Bearer ${tenants[tenant]?.key}` }),
    stop,
  };
}

/** Path of the command line, which the workspace links. */
function formworkCommand(): string {
  const root = dirname(createRequire(import.meta.url).resolve('../../package.json'));
  return join(root, '../cli/bin/formwork.js');
}
