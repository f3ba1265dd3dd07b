import {
  createKey,
  createTenant,
  DirectoryError,
  findTenant,
  listKeys,
  type TenantRow,
} from '@formwork/directory';
import { type ControlPlane, type DataPlane, sql, type TenantTransaction } from '@formwork/pg';
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

/** Milliseconds: the machine may be a slow one. */
const budget = 600_000;

/** The label of the keys made here. Such a key is made once all data is in, and so is the mark that it is. */
const label = 'demo';

interface LoadOptions {
  /** Hears what goes on. */
  readonly tell: (line: string) => void;
  /** Cancels what is being loaded. */
  readonly signal: AbortSignal;
}

/**
 * Makes the demo tenants where they are not there yet and gives a key of each that works. A load that was interrupted
 * left nothing behind, since a tenant's data is one transaction: the next start begins anew.
 */
export function loadDemo(installation: Installation, options: LoadOptions): Promise<readonly DemoTenant[]> {
  return withDataPlane(installation.postgres, async (dataPlane) => {
    // Two connections of Postgres are two of its processes, which load in half the time.
    const tenants = await allSettled(
      recipes.map((recipe) => ensureDemo(installation.control, dataPlane, recipe, options)),
    );
    const keys = await DemoKeys.open(installation.settings.dataDir);
    const demo: DemoTenant[] = [];
    for (const { id, slug, name } of tenants) {
      const known = await keys.find(dataPlane, slug);
      const key = known ?? (await createKey(installation.control, id, { role: 'admin', label })).key;
      if (known === null) await keys.keep(slug, key);
      demo.push({ slug, name, key });
    }
    return demo;
  });
}

/** As `Promise.all`, but nothing is under way any more when it rejects. */
async function allSettled<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

async function ensureDemo(
  control: ControlPlane,
  dataPlane: DataPlane,
  recipe: DemoRecipe,
  options: LoadOptions,
): Promise<TenantRow> {
  const tenant = await ensureTenant(control, recipe);
  const isLoaded = (await listKeys(control, tenant.id)).some((key) => key.label === label);
  if (!isLoaded) await loadOnce(control, dataPlane, tenant, recipe, options);
  return tenant;
}

async function ensureTenant(control: ControlPlane, { slug, name }: DemoRecipe): Promise<TenantRow> {
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
  control: ControlPlane,
  dataPlane: DataPlane,
  tenant: TenantRow,
  { slug, load }: DemoRecipe,
  { tell, signal }: LoadOptions,
): Promise<void> {
  if (tenant.registryVersion === 0) {
    await applyRegistry(control, tenant.id, await readTemplate(slug), { appliedBy: 'formwork start --demo' });
  }
  const { registry, version } = await getRegistry(control, tenant);
  const started = performance.now();
  const loadUnlessThere = async (transaction: TenantTransaction) => {
    // Two gateways that start at once: the second waits here, and then sees what the first has loaded.
    await transaction.run([
      sql`select pg_advisory_xact_lock(hashtextextended(${`demo ${tenant.id}`}, 7046))`,
    ]);
    const [found = []] = await transaction.run([sql`select from formwork.records limit 1`]);
    if (found.length > 0) return false;
    tell(`Loading the demo tenant "${slug}" …`);
    await load({ registry, execute: transaction.run.bind(transaction) });
    return true;
  };
  const isLoaded = await dataPlane.write(tenant.id, version, loadUnlessThere, { signal, budget });
  if (isLoaded) tell(`Loaded "${slug}" in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}
