import type { DataPlane } from '@formwork/pg';
import { createRegistry, inSteps, type Registry, RegistryError } from '@formwork/registry';
import { readSnapshotInSteps, registryStatements } from '@formwork/registry-store';
import type { LoadedRegistry } from './tenant-states.ts';

/**
 * Reads a tenant's registry. Its version is the one that the same statement saw: the batch may have begun before a
 * change that the statement is already behind.
 */
export async function loadTenantRegistry(dataPlane: DataPlane, tenantId: string): Promise<LoadedRegistry> {
  const { results } = await dataPlane.read(tenantId, registryStatements());
  const rows = results.map((result) => {
    if (result instanceof Error) throw result;
    return result;
  });
  const { version, registry } = await inSteps(readSnapshotInSteps(rows));
  return { version, registry: registry ?? emptyRegistry() };
}

/** Of a tenant that has applied none yet: a schema to look at, with nothing in it. */
function emptyRegistry(): Registry {
  const made = createRegistry({ formwork: 1, entities: [] });
  if ('problems' in made) throw new RegistryError(made.problems);
  return made.registry;
}
