import { writeFile } from 'node:fs/promises';
import { identifier, withAdmin } from '@formwork/pg';
import { describeMachine } from '../machine.ts';
import { decimal } from '../report/format.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { median } from '../report/ratios.ts';
import type { Report } from '../report/report.ts';
import { startFormwork } from '../targets/formwork.ts';
import { tell } from '../tell.ts';
import { ask } from '../tenants/ask.ts';
import { drawChart } from './chart.ts';
import { type Explained, explainHotQueries } from './hot-queries.ts';
import { openScale, type Scale, type ScaleTenant } from './open-scale.ts';
import { type ScaleOperation, type ScaleSample, scaleOperations } from './operations.ts';

export interface ScaleSettings {
  readonly sizes: readonly number[];
  readonly requests: number;
  /** Where the chart goes. */
  readonly chart: string | undefined;
}

/** Milliseconds, by size in the order of the sizes. */
interface Line {
  readonly operation: string;
  readonly isFlat: boolean;
  readonly medians: readonly number[];
}

/** The same operations over tenants of growing size, which share one database. */
export async function measureScale({ sizes, requests, chart }: ScaleSettings): Promise<Report> {
  const scale = await openScale(sizes);
  try {
    const machine = await describeMachine(scale.home);
    const lines = await measureAll(scale, requests);
    const largest = scale.tenants.at(-1);
    const plans = largest === undefined ? [] : await explainHotQueries(scale, largest);
    if (chart !== undefined) await writeFile(chart, chartOf(lines, sizes));
    return {
      title: 'How cost grows with the records of a tenant',
      machine,
      sections: [
        markdownTable(
          [
            'operation, ms (median)',
            ...sizes.map((size) => size.toLocaleString('en')),
            'largest / smallest',
            'by index',
          ],
          lines.map(({ operation, isFlat, medians }) => [
            operation,
            ...medians.map((ms) => decimal(ms)),
            decimal((medians.at(-1) ?? Number.NaN) / (medians[0] ?? Number.NaN)),
            isFlat ? 'yes: must not grow' : 'no',
          ]),
        ),
        `Through the gateway, one request after the other, ${requests} of each by turns over the sizes. Where a tenant has fewer than 20,000 orders, its last page stands for page 1,000. One order in 500 is counted.`,
        ...plans.map((plan) => describePlan(plan, largest)),
      ],
      figures: { sizes, lines, plans },
    };
  } finally {
    await scale.home.close();
  }
}

async function measureAll(scale: Scale, requests: number): Promise<readonly Line[]> {
  const gateway = await startFormwork(scale);
  const { origin } = new URL(gateway.url);
  try {
    const samples: (readonly [ScaleTenant, ScaleSample])[] = [];
    for (const tenant of scale.tenants) samples.push([tenant, await readSample(scale, origin, tenant)]);
    const lines: Line[] = [];
    for (const operation of scaleOperations) {
      tell(operation.name);
      const waits = scale.tenants.map((): number[] => []);
      // By turns, so that what slows the machine down slows all sizes; the first five warm up.
      for (let index = -5; index < requests; index += 1) {
        for (const [place, [tenant, sample]] of samples.entries()) {
          const ms = await request(origin, tenant, operation, sample, index + 5);
          if (index >= 0) waits[place]?.push(ms);
        }
      }
      lines.push({ operation: operation.name, isFlat: operation.isFlat, medians: waits.map(median) });
    }
    return lines;
  } finally {
    await gateway.stop();
    await forgetNew(scale);
  }
}

async function request(
  origin: string,
  tenant: ScaleTenant,
  { query, name, variables }: ScaleOperation,
  sample: ScaleSample,
  index: number,
): Promise<number> {
  const { ms, errors } = await ask(origin, '/graphql', tenant, query, variables(sample, index));
  if (errors !== undefined) throw new Error(`"${name}": ${JSON.stringify(errors).slice(0, 500)}`);
  return ms;
}

async function readSample(
  { home, registry }: Scale,
  origin: string,
  tenant: ScaleTenant,
): Promise<ScaleSample> {
  const idsOf = (type: string) =>
    withAdmin(home.postgres.adminUrl, async (admin) => {
      const view = registry.entities.find(({ key }) => key === type)?.viewName ?? '';
      const { rows } = await admin.query<{ id: string }>(
        `select v.id from formwork_views.${identifier(view)} v join formwork.records r on r.tenant_id = $1 and r.id = v.id
           order by md5(v.id::text) limit 500`,
        [tenant.id],
      );
      return rows.map(({ id }) => id);
    });
  return {
    orders: await idsOf('order'),
    customers: await idsOf('customer'),
    size: tenant.size,
    cursor: await walk(origin, tenant, Math.min(999, Math.floor(tenant.size / 20) - 1) * 20),
  };
}

/** The cursor behind so many orders. */
async function walk(origin: string, tenant: ScaleTenant, count: number): Promise<string> {
  let after: string | null = null;
  for (let left = count; left > 0; left -= 1000) {
    const query = `query ($first: Int!, $after: String) { orders(first: $first, after: $after, orderBy: [{ placedAt: DESC }]) { pageInfo { endCursor } } }`;
    const { data, errors } = await ask(origin, '/graphql', tenant, query, {
      first: Math.min(1000, left),
      after,
    });
    if (errors !== undefined) throw new Error(JSON.stringify(errors).slice(0, 500));
    after = (data as { orders: { pageInfo: { endCursor: string } } }).orders.pageInfo.endCursor;
  }
  return after ?? '';
}

/** What the measured creates have made goes again. */
async function forgetNew({ home }: Scale): Promise<void> {
  await withAdmin(home.postgres.adminUrl, async (admin) => {
    await admin.query('begin');
    await admin.query('set local session_replication_role = replica');
    await admin.query(
      "delete from formwork.records where entity_type = 'order' and data ->> 'number' like 'NEW-%'",
    );
    await admin.query('commit');
  });
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
