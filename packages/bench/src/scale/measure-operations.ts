import { identifier, withAdmin } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import { newOrders, removeRecords } from '../data/remove-records.ts';
import { BenchFailure } from '../failure.ts';
import type { Home } from '../home.ts';
import { median } from '../report/ratios.ts';
import { tell } from '../tell.ts';
import { ask } from '../tenants/ask.ts';
import type { ScaleTenant } from './open-scale.ts';
import { type ScaleOperation, type ScaleSample, scaleOperations } from './operations.ts';

/** A tenant that is measured, and the gateway that serves it. */
export interface Subject {
  readonly home: Home;
  readonly registry: Registry;
  readonly origin: string;
  readonly tenant: ScaleTenant;
}

/** Milliseconds of an operation, by subject in their order. */
export interface Line {
  readonly operation: string;
  readonly isFlat: boolean;
  readonly medians: readonly number[];
}

/** One request after the other, by turns over the subjects, so that what slows the machine down slows all of them. */
export async function measureOperations(
  subjects: readonly Subject[],
  requests: number,
): Promise<readonly Line[]> {
  const samples: (readonly [Subject, ScaleSample])[] = [];
  for (const subject of subjects) samples.push([subject, await readSample(subject)]);
  const lines: Line[] = [];
  for (const operation of scaleOperations) {
    tell(operation.name);
    const waits = subjects.map((): number[] => []);
    for (let index = -warmUp; index < requests; index += 1) {
      for (const [place, [subject, sample]] of samples.entries()) {
        const ms = await request(subject, operation, sample, index + warmUp);
        if (index >= 0) waits[place]?.push(ms);
      }
    }
    lines.push({ operation: operation.name, isFlat: operation.isFlat, medians: waits.map(median) });
  }
  for (const { home } of subjects)
    await withAdmin(home.postgres.adminUrl, (admin) => removeRecords(admin, newOrders));
  return lines;
}

/** Requests of each operation that do not count. */
const warmUp = 20;

async function request(
  { origin, tenant }: Subject,
  { query, name, variables }: ScaleOperation,
  sample: ScaleSample,
  index: number,
): Promise<number> {
  const { ms, errors } = await ask(origin, '/graphql', tenant, query, variables(sample, index));
  if (errors !== undefined) throw new BenchFailure(`"${name}": ${JSON.stringify(errors).slice(0, 500)}`);
  return ms;
}

async function readSample(subject: Subject): Promise<ScaleSample> {
  const { home, registry, tenant } = subject;
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
    cursor: await walk(subject, Math.min(999, Math.floor(tenant.size / 20) - 1) * 20),
  };
}

/** The cursor behind so many orders. */
async function walk({ origin, tenant }: Subject, count: number): Promise<string> {
  let after: string | null = null;
  for (let left = count; left > 0; left -= 1000) {
    const query = `query ($first: Int!, $after: String) { orders(first: $first, after: $after, orderBy: [{ placedAt: DESC }]) { pageInfo { endCursor } } }`;
    const { data, errors } = await ask(origin, '/graphql', tenant, query, {
      first: Math.min(1000, left),
      after,
    });
    if (errors !== undefined) throw new BenchFailure(JSON.stringify(errors).slice(0, 500));
    after = (data as { orders: { pageInfo: { endCursor: string } } }).orders.pageInfo.endCursor;
  }
  return after ?? '';
}
