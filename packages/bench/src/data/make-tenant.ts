import { createKey, createTenant } from '@formwork/directory';
import type { Registry } from '@formwork/registry';
import { applyRegistry } from '@formwork/registry-store';
import type { Home } from '../home.ts';

/** A tenant of a bench's own. */
export interface MadeTenant {
  readonly id: string;
  readonly version: number;
  readonly registry: Registry;
  readonly key: string;
}

/** A tenant with that design and a key of that role. */
export async function makeTenant(
  { control }: Home,
  slug: string,
  document: object,
  role: 'editor' | 'admin' = 'editor',
): Promise<MadeTenant> {
  const { id } = await createTenant(control, { slug });
  const { version, registry } = await applyRegistry(control, id, document, { appliedBy: 'bench' });
  const { key } = await createKey(control, id, { role });
  return { id, version, registry, key };
}

/** The registry of a tenant that an earlier run has made. */
export async function registryOf({ control }: Home, id: string, document: object): Promise<Registry> {
  const { registry } = await applyRegistry(control, id, document, { appliedBy: 'bench' });
  return registry;
}
