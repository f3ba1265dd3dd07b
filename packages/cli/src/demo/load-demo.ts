import {
  createKey,
  createTenant,
  DirectoryError,
  findTenant,
  listKeys,
  type TenantRow,
} from '@formwork/directory';
import type { DataPlane } from '@formwork/pg';
import { applyRegistry } from '@formwork/registry-store';
import { withDataPlane } from '../data-plane.ts';
import { getRegistry } from '../load-registry.ts';
import { readTemplate, type TemplateName } from '../templates.ts';
import type { Installation } from '../with-installation.ts';
import { loadAviation } from './aviation.ts';
import { DemoKeys } from './demo-keys.ts';
import type { LoadContext } from './load-context.ts';
import { loadMarketplace } from './marketplace.ts';

export interface DemoTenant {
  readonly slug: string;
  readonly name: string;
  readonly key: string;
}

interface DemoRecipe {
  readonly slug: TemplateName;
  readonly name: string;
  readonly load: (context: LoadContext) => Promise<void>;
}

const recipes: readonly DemoRecipe[] = [
  { slug: 'aviation', name: 'Aviation', load: loadAviation },
  { slug: 'marketplace', name: 'Marketplace', load: loadMarketplace },
];

/** The label of the keys made here. Such a key is made once all data is in, and so is the mark that it is. */
const label = 'demo';

/**
 * Makes the demo tenants where they are not there yet and gives a key of each that works. A load that was interrupted
 * left nothing behind, since a tenant's data is one transaction: the next start begins anew.
 */
export async function loadDemo(
  { control, postgres, settings }: Installation,
  tell: (line: string) => void,
): Promise<readonly DemoTenant[]> {
  const keys = await DemoKeys.open(settings.dataDir);
  return withDataPlane(postgres, async (dataPlane) => {
    const tenants: DemoTenant[] = [];
    for (const recipe of recipes) {
      const tenant = await ensureTenant(control, recipe);
      const isLoaded = (await listKeys(control, tenant.id)).some((key) => key.label === label);
      if (!isLoaded) await loadOnce(control, dataPlane, tenant, recipe, tell);
      const known = await keys.find(dataPlane, tenant.slug);
      const key = known ?? (await createKey(control, tenant.id, { role: 'admin', label })).key;
      if (known === null) await keys.keep(tenant.slug, key);
      tenants.push({ slug: tenant.slug, name: tenant.name, key });
    }
    return tenants;
  });
}

async function ensureTenant(
  control: Installation['control'],
  { slug, name }: DemoRecipe,
): Promise<TenantRow> {
  const tenant = await findTenant(control, slug);
  if (tenant !== null) return tenant;
  try {
    return await createTenant(control, { slug, name });
  } catch (error) {
    // Another gateway starts with us.
    const made =
      error instanceof DirectoryError && error.code === 'SLUG_TAKEN' ? await findTenant(control, slug) : null;
    if (made === null) throw error;
    return made;
  }
}

async function loadOnce(
  control: Installation['control'],
  dataPlane: DataPlane,
  tenant: TenantRow,
  { slug, load }: DemoRecipe,
  tell: (line: string) => void,
): Promise<void> {
  if (tenant.registryVersion === 0) {
    await applyRegistry(control, tenant.id, await readTemplate(slug), { appliedBy: 'formwork start --demo' });
  }
  const { registry, version } = await getRegistry(control, tenant);
  const started = performance.now();
  const isLoaded = await dataPlane.write(tenant.id, version, async (transaction) => {
    // Two gateways that start at once: the second waits here, and then sees what the first has loaded.
    const [, found = []] = await transaction.run([
      { text: 'select pg_advisory_xact_lock(hashtextextended($1, 7046))', values: [`demo ${tenant.id}`] },
      { text: 'select from formwork.records limit 1', values: [] },
    ]);
    if (found.length > 0) return false;
    tell(`Loading the demo tenant "${slug}" …`);
    await load({ registry, execute: transaction.run.bind(transaction) });
    return true;
  });
  if (isLoaded) tell(`Loaded "${slug}" in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}
