import type { TargetName } from '../targets/target.ts';
import { decimal, whole } from './format.ts';
import { markdownTable } from './markdown-table.ts';
import type { Ratios } from './ratios.ts';

const others: readonly (readonly [TargetName, string])[] = [
  ['postgraphile', 'ours / PostGraphile, no RLS'],
  ['postgraphileTenant', 'ours / PostGraphile with tenant'],
  ['rawJsonb', 'ours / raw JSONB + RLS'],
  ['rawNative', 'ours / raw native'],
];

/** A table in Markdown for each load: ratios, rates with their spread, CPU of a request. */
export function compareTables(ratios: readonly Ratios[]): string {
  const loads = new Map<string, Ratios[]>();
  for (const line of ratios) {
    const load = `${line.connections} connections, ${line.tenants === 'one' ? 'one large tenant' : 'small tenants at random'}`;
    loads.set(load, [...(loads.get(load) ?? []), line]);
  }
  return [...loads].map(([load, lines]) => `### ${load}\n\n${tableOf(lines)}`).join('\n\n');
}

function tableOf(lines: readonly Ratios[]): string {
  const head = [
    'operation',
    ...others.map(([, title]) => title),
    'ours, requests/s (spread)',
    'p99 ms',
    'CPU of ours, µs: gateway + Postgres',
    'of PostGraphile, no RLS',
    'of raw JSONB',
  ];
  return markdownTable(
    head,
    lines.map((line) => [
      line.title,
      ...others.map(([target]) => decimal(line.ratio[target])),
      `${whole(line.rate.formwork)} (±${whole((line.spread.formwork ?? 0) * 50)} %)`,
      whole(line.p99.formwork),
      ...(['formwork', 'postgraphile', 'rawJsonb'] as const).map(
        (target) => `${whole(line.serverCpu[target])} + ${whole(line.postgresCpu[target])}`,
      ),
    ]),
  );
}
