import type { TenantRow } from '@formwork/directory';
import type { ControlPlane } from '@formwork/pg';
import { didYouMean, type Entity, type Registry } from '@formwork/registry';
import { loadTenantRegistry } from '@formwork/registry-store';
import { Failure } from './failure.ts';
import { quote, quoteList } from './quote.ts';

export interface VersionedRegistry {
  readonly registry: Registry;
  readonly version: number;
}

/** The tenant's registry. Throws a Failure that says the way out where it has none yet. */
export async function getRegistry(
  control: ControlPlane,
  { id, slug }: TenantRow,
): Promise<VersionedRegistry> {
  const { registry, version } = await loadTenantRegistry(control, id);
  if (registry !== null) return { registry, version };
  throw new Failure(`Tenant ${quote(slug)} has no registry yet: "formwork registry apply" gives it one.`);
}

/** The entity of that key, or GraphQL name. Throws a Failure that names those that there are. */
export function getEntity({ entities }: Registry, name: string): Entity {
  const found = entities.find(({ key, plural, names }) => [key, plural, names.type].includes(name));
  if (found !== undefined) return found;
  const keys = entities.map(({ key }) => key);
  throw new Failure(
    `There is no entity ${quote(name)}.${didYouMean(name, keys)} The registry has ${quoteList(keys) || 'none'}.`,
  );
}
