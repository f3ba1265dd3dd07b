import type { Statement } from '@formwork/pg';
import type { Records } from '../src/contract.ts';
import type { ReadHarness } from './read-harness.ts';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
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
  const [{ Plan: plan }] = JSON.parse(lines.map(([line]) => line).join('\n')) as [{ Plan: Plan }];
  const nodes = flatten(plan);
  const scans = nodes.filter((node) => /^(Index|Seq|Bitmap)/.test(node['Node Type']));
  return {
    scans: scans.map((node) => `${node['Index Name'] ?? node['Node Type']}: ${slotConditions(node)}`),
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
