import { type AdminClient, withAdmin } from '@formwork/pg';
import type { World } from './world.ts';

export interface Explained {
  /** Distinct texts that were planned. */
  readonly statements: number;
  /** Scans of tables with rows of tenants in their plans. */
  readonly scans: number;
  /** Texts that read nothing: transactions, settings. */
  readonly without: number;
  /** Scans without the tenant in their conditions, with the statement; and statements that could not be planned. */
  readonly unscoped: readonly string[];
}

export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
  readonly [key: string]: unknown;
}

/** Conditions that a scan looks at; a policy's stands among them. */
const conditions = ['Index Cond', 'Recheck Cond', 'Filter', 'TID Cond'];
const ofTenant = /\btenant_id = \(?\(?(current_setting\('app\.tenant_id'|formwork\.current_tenant_id\(\))/;

/**
 * Plans each statement that the run sent, as the gateway's role and for the tenant that it was sent for, without its
 * values: the tenant's condition has to stand at each scan of a tenant's table, whatever the statement itself says.
 */
export async function explainAll({ harness, statements }: World): Promise<Explained> {
  const { adminUrl } = harness.database;
  return withAdmin(adminUrl, async (admin) => {
    const tables = await tenantTables(admin);
    const ids = await admin.query<{ id: string; slug: string }>('select id, slug from formwork.tenants');
    const idOf = new Map(ids.rows.flatMap(({ id, slug }) => [[slug, id] as const, [id, id] as const]));
    await admin.query('set role formwork_gateway; set plan_cache_mode = force_generic_plan');
    const unscoped: string[] = [];
    let [planned, scans, without] = [0, 0, 0];
    for (const [text, tenant] of statements.texts) {
      if (!/^\s*(select|insert|update|delete|with|explain)\b/i.test(text)) {
        without += 1;
        continue;
      }
      const tenantId = idOf.get(tenant) ?? '00000000-0000-0000-0000-000000000000';
      const plan = await explain(admin, tenantId, text.replace(/^\s*explain\s*(\([^)]*\))?/i, ''));
      if (typeof plan === 'string') {
        unscoped.push(`cannot be planned (${plan}): ${text}`);
        continue;
      }
      planned += 1;
      const found = scansOf(plan, tables);
      scans += found.length;
      for (const { node, isScoped } of found) {
        if (!isScoped) unscoped.push(`${node['Node Type']} of ${node['Relation Name']}: ${text}`);
      }
    }
    return { statements: planned, scans, without, unscoped };
  });
}

/** Tables with rows of tenants. */
export async function tenantTables(admin: AdminClient): Promise<ReadonlySet<string>> {
  const { rows } = await admin.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where c.relnamespace = 'formwork'::regnamespace and c.relkind in ('r', 'p')`,
  );
  return new Set(rows.map(({ name }) => name));
}

async function explain(admin: AdminClient, tenantId: string, text: string): Promise<PlanNode | string> {
  const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
  const values = count === 0 ? '' : `(${Array(count).fill('null').join(', ')})`;
  await admin.query('begin');
  try {
    await admin.query(`select set_config('app.tenant_id', $1, true)`, [tenantId]);
    await admin.query(`prepare sent as ${text}`);
    const { rows } = await admin.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
      `explain (format json) execute sent${values}`,
    );
    return rows[0]?.['QUERY PLAN'][0]?.Plan ?? 'no plan';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await admin.query('rollback');
    await admin.query('deallocate all');
  }
}

export interface Scan {
  readonly node: PlanNode;
  /** Whether the tenant of the transaction stands in its conditions. */
  readonly isScoped: boolean;
  /** What it is a part of, the nearest last. */
  readonly above: readonly PlanNode[];
}

/** The scans of these tables in a plan. */
export function scansOf(
  node: PlanNode,
  tables: ReadonlySet<string>,
  above: readonly PlanNode[] = [],
): readonly Scan[] {
  const isScan = /Scan$/.test(node['Node Type']) && tables.has(node['Relation Name'] ?? '');
  // What a step above has found to be the tenant before it runs the scan at all.
  const same = [...above, node].flatMap(
    (one) => tenantIs.exec(String(one['One-Time Filter'] ?? ''))?.[1] ?? [],
  );
  const isScoped = conditions.some((name) => isOfTenant(String(node[name] ?? ''), same));
  const within = [...above, node];
  return [
    ...(isScan ? [{ node, isScoped, above }] : []),
    ...(node.Plans ?? []).flatMap((one) => scansOf(one, tables, within)),
  ];
}

const tenantIs =
  /current_setting\('app\.tenant_id'::text\)\)::uuid = ([\w.]+|'[0-9a-f-]+'::uuid|\(?\$\d+\)?[.\w]*)\)/;

function isOfTenant(condition: string, same: readonly string[]): boolean {
  return ofTenant.test(condition) || same.some((one) => condition.includes(`tenant_id = ${one})`));
}
