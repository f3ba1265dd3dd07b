import { literal, type Statement } from '@formwork/pg';
import { asAdmin } from '@formwork/testkit';
import type { Records } from '../src/contract.ts';
import type { ReadHarness } from './read-harness.ts';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly 'Plan Rows': number;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

/**
 * How a statement was carried out under row-level security: its scans, how many rows they looked at, and what was
 * sorted ("Incremental Sort": neighbours alone, because an index has the rest in order).
 */
export async function explain(harness: ReadHarness, statement: Statement) {
  const lines = await harness.query({
    text: `explain (analyze, format json) ${statement.text}`,
    values: statement.values,
  });
  return summarize(lines.map(([line]) => line).join('\n'));
}

/**
 * The same by the plan that small tenants share, which is made before any value is known: for `first`, who asks before
 * the tenant does.
 */
export function explainShared(
  { database, tenantId }: ReadHarness,
  { text, values }: Statement,
  first: Pick<ReadHarness, 'tenantId'> = { tenantId },
) {
  return asAdmin(database, async (admin) => {
    const given = values.map((value) => (value === null ? 'null' : literal(value)));
    const execute = `execute shared${given.length > 0 ? `(${given.join()})` : ''}`;
    await admin.query(`set role formwork_gateway; set enable_seqscan = off; set jit = off;
      set app.tenant_id = '${first.tenantId}'; set plan_cache_mode = force_generic_plan; prepare shared as ${text}`);
    await admin.query(`${execute}; set app.tenant_id = '${tenantId}'`);
    const { rows } = await admin.query<{ 'QUERY PLAN': object }>(`explain (analyze, format json) ${execute}`);
    return summarize(JSON.stringify(rows[0]?.['QUERY PLAN']));
  });
}

function summarize(json: string) {
  const [{ Plan: plan }] = JSON.parse(json) as [{ Plan: Plan }];
  const nodes = flatten(plan);
  const scans = nodes.filter((node) => /^(Index|Seq|Bitmap)/.test(node['Node Type']));
  return {
    /** Those without the tenant at the head of what an index is entered by. */
    strays: scans.filter(
      (node) => !/^\(+tenant_id = /.test(node['Index Cond'] ?? node['Recheck Cond'] ?? ''),
    ),
    scans: scans.map((node) => `${node['Index Name'] ?? node['Node Type']}: ${slotConditions(node)}`),
    /** How many rows the planner expected of each scan. */
    expected: scans.map((node) => node['Plan Rows']),
    sorts: nodes.map((node) => node['Node Type']).filter((type) => type.endsWith('Sort')),
    read: scans.reduce((sum, node) => sum + rowsOf(node) * node['Actual Loops'], 0),
  };
}

function flatten(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flatten)];
}

/** What a bitmap was made of is read by the scan above it. */
function rowsOf(node: Plan): number {
  if (node['Node Type'] === 'Bitmap Index Scan') return 0;
  return node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0);
}

/** What the index was entered by, besides tenant and entity. */
function slotConditions(node: Plan): string {
  const conditions = node['Index Cond']?.match(/(?:ROW)?\(+(?:[tnd]\d|l\d|u\d|id)\b[^=<>]*[=<>]+/g) ?? [];
  return conditions.map((condition) => condition.replace(/ROW|[(]|::\w+|"/g, '')).join(' ');
}

/** All statements that the work sends. */
export async function statementsOf(
  harness: ReadHarness,
  work: (records: Records) => Promise<unknown>,
): Promise<Statement[]> {
  const sent: Statement[] = [];
  await work(harness.records({ onStatement: (statement) => sent.push(statement) }));
  return sent;
}
