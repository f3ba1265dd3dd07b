import { writeFile } from 'node:fs/promises';
import { describeMachine } from '../machine.ts';
import { decimal } from '../report/format.ts';
import { markdownTable } from '../report/markdown-table.ts';
import type { Report } from '../report/report.ts';
import { startFormwork } from '../targets/formwork.ts';
import { drawChart } from './chart.ts';
import { type Explained, explainHotQueries } from './hot-queries.ts';
import { measureAmong } from './measure-among.ts';
import { type Line, measureOperations } from './measure-operations.ts';
import { openScale, type Scale, type ScaleTenant } from './open-scale.ts';

interface ScaleSettings {
  /** Orders of a tenant, and as many products. */
  readonly sizes: readonly number[];
  /** Of how many tenants a tenant is one. */
  readonly among: readonly number[];
  readonly requests: number;
  /** Where the chart goes. */
  readonly chart: string | undefined;
}

/** The same operations over tenants of growing size, which share one database, and over one among more and more others. */
export async function measureScale({ sizes, among, requests, chart }: ScaleSettings): Promise<Report> {
  const scale = await openScale(sizes);
  try {
    const machine = await describeMachine(scale.home);
    const bySize = await measureSizes(scale, requests);
    const largest = scale.tenants.at(-1);
    const plans = largest === undefined ? [] : await explainHotQueries(scale, largest);
    if (chart !== undefined) await writeFile(chart, chartOf(bySize, sizes));
    const byOthers = await measureAmong(among, requests);
    return {
      title: 'How cost grows',
      machine,
      sections: [
        '### With the records of a tenant',
        tableOf('orders of the tenant', sizes, bySize),
        `Through the gateway, one request after the other, ${requests} of each by turns over the sizes. Where a tenant has fewer than 20,000 orders, its last page stands for page 1,000. One order in 500 is counted.`,
        '### With the tenants beside it',
        tableOf('tenants', among, byOthers),
        'The measured tenant has 10,000 orders, each other one 50. A Postgres and a gateway of its own for each column, asked by turns.',
        ...plans.map((plan) => describePlan(plan, largest)),
      ],
      figures: { sizes, bySize, among, byOthers, plans },
    };
  } finally {
    await scale.home.close();
  }
}

async function measureSizes(scale: Scale, requests: number): Promise<readonly Line[]> {
  const gateway = await startFormwork(scale);
  const { origin } = new URL(gateway.url);
  try {
    return await measureOperations(
      scale.tenants.map((tenant) => ({ ...scale, origin, tenant })),
      requests,
    );
  } finally {
    await gateway.stop();
  }
}

function tableOf(what: string, columns: readonly number[], lines: readonly Line[]): string {
  return markdownTable(
    [
      `ms (median) by ${what}`,
      ...columns.map((column) => column.toLocaleString('en')),
      'last / first',
      'by index',
    ],
    lines.map(({ operation, isFlat, medians }) => [
      operation,
      ...medians.map((ms) => decimal(ms)),
      decimal((medians.at(-1) ?? Number.NaN) / (medians[0] ?? Number.NaN)),
      isFlat ? 'yes: must not grow' : 'no',
    ]),
  );
}

function chartOf(lines: readonly Line[], sizes: readonly number[]): string {
  return drawChart(
    'Milliseconds by records of the tenant',
    lines.map(({ operation, medians }) => ({
      name: operation,
      points: medians.map((ms, index) => [sizes[index] ?? 0, ms] as const),
    })),
  );
}

function describePlan({ title, statement, plan }: Explained, tenant?: ScaleTenant): string {
  return `### ${title}, of ${tenant?.size.toLocaleString('en')}\n\n\`\`\`sql\n${statement}\n\`\`\`\n\n\`\`\`\n${plan}\n\`\`\``;
}
