import { asAdmin } from '@formwork/testkit';
import { type Scan, scansOf, tenantTables } from './explain.ts';
import type { ToldPlan } from './told-plans.ts';
import type { World } from './world.ts';

export interface CheckedPlans {
  /** Statements that were carried out, those in functions and triggers among them. */
  readonly statements: number;
  readonly functions: readonly string[];
  readonly scans: number;
  readonly unscoped: readonly string[];
  /** Functions with more rights than whoever calls them that the run did not come by. */
  readonly unseen: readonly string[];
}

/** Looks at the plans of all that was carried out, in functions too: the tenant stands at each scan of a tenant's table. */
export async function checkToldPlans({ harness, plans }: World): Promise<CheckedPlans> {
  if (plans === null) throw new Error('This world was opened without "plans"');
  const told = plans.plans;
  const functions = [...new Set(told.map(({ within }) => nameOf(within)))].filter(Boolean).sort();
  const { tables, definers } = await asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query<{ name: string }>(
      `select proname as name from pg_proc where prosecdef and pronamespace = 'formwork'::regnamespace
        and has_function_privilege('formwork_gateway', oid, 'execute')`,
    );
    return { tables: await tenantTables(admin), definers: rows.map(({ name }) => name) };
  });
  const scans = told.flatMap((one) => scansOf(one.plan, tables).map((scan) => ({ ...one, ...scan })));
  return {
    statements: told.length,
    functions,
    scans: scans.length,
    unscoped: scans
      .filter((one) => !(one.isScoped || isOfKey(one) || isOfSearch(one)))
      .map(
        ({ node, within, text }) => `${node['Node Type']} of ${node['Relation Name']} in ${within}: ${text}`,
      ),
    unseen: definers.filter((name) => !functions.includes(name)),
  };
}

/** "formwork.fill_record()" is told as "fill_record()". */
function nameOf(within: string): string {
  return within.replace(/^.*\./, '').replace(/\(.*$/, '');
}

const tenant = String.raw`tenant_id = (\$\d+|'[0-9a-f-]+'::uuid)\)`;

/** Postgres' own look at a foreign key asks past the policies, for the tenant of the record in hand. */
function isOfKey({ text, node }: ToldPlan & Scan): boolean {
  return (
    /^SELECT 1 FROM ONLY "formwork"\./.test(text) && new RegExp(tenant).test(String(node['Index Cond'] ?? ''))
  );
}

/** The index of words knows tenants by how a word begins; what is found in it is taken by tenant: see sql/010. */
function isOfSearch({ within, above, node }: ToldPlan & Scan): boolean {
  return (
    ['search_records', 'search_few'].includes(nameOf(within)) &&
    /\bwords @@ /.test(String(node['Recheck Cond'] ?? node['Index Cond'] ?? '')) &&
    above.some((one) => new RegExp(`f\\.${tenant}`).test(String(one.Filter ?? '')))
  );
}
