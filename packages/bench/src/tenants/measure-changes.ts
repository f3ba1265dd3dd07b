import { BenchFailure } from '../failure.ts';
import { decimal } from '../report/format.ts';
import { percentile } from '../report/percentile.ts';
import { ask, askWell } from './ask.ts';
import type { BenchTenant } from './open-tenants.ts';
import { keyOf, listQuery } from './shapes.ts';

interface ChangeFigures {
  readonly changes: number;
  /** Milliseconds from the answer to the change to the first answer on the new schema, by the gateway that made it and another. */
  readonly same: readonly number[];
  readonly other: readonly number[];
  /** Of the change itself. */
  readonly apply: readonly number[];
  /** Of others' queries meanwhile. */
  readonly meanwhile: readonly number[];
}

/** Adds a field to so many tenants a minute, while others are asked all the time. */
export async function measureChanges(
  [first, second]: readonly [string, string],
  tenants: readonly BenchTenant[],
  perMinute: number,
  minutes: number,
): Promise<ChangeFigures> {
  const figures = {
    same: [] as number[],
    other: [] as number[],
    apply: [] as number[],
    meanwhile: [] as number[],
  };
  const count = Math.max(1, Math.round(perMinute * minutes));
  let isOver = false;
  const others = (async () => {
    for (let index = 0; !isOver; index += 1) {
      const tenant = tenants[(index * 7919) % tenants.length] as BenchTenant;
      figures.meanwhile.push(await askWell(first, '/graphql', tenant, listQuery(tenant.shape)));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  for (let index = 0; index < count; index += 1) {
    const due = performance.now() + 60_000 / perMinute;
    const tenant = tenants[(index * 31) % tenants.length] as BenchTenant;
    const field = `added_${Date.now()}`;
    const query = listQuery(tenant.shape, camel(field));
    // Both have served the tenant before, so both have something to forget.
    for (const origin of [first, second]) await askWell(origin, '/graphql', tenant, listQuery(tenant.shape));
    figures.apply.push(await addField(first, tenant, field));
    const [same, other] = await Promise.all([
      untilServed(first, tenant, query),
      untilServed(second, tenant, query),
    ]);
    figures.same.push(same);
    figures.other.push(other);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
  isOver = true;
  await others;
  return { changes: count, ...figures };
}

async function addField(origin: string, tenant: BenchTenant, key: string): Promise<number> {
  const { ms, data, errors } = await ask(
    origin,
    '/design',
    tenant,
    'mutation ($changes: [ChangeInput!]!) { apply(changes: $changes) { changed problems { message } } }',
    { changes: [{ addField: { entity: keyOf(tenant.shape, 1), field: { key, type: 'text' } } }] },
  );
  const { changed } = (data as { apply?: { changed: boolean } } | null)?.apply ?? {};
  if (changed !== true)
    throw new BenchFailure(`A change was refused: ${JSON.stringify(errors ?? data).slice(0, 500)}`);
  return ms;
}

/** Milliseconds until the query is answered without an error. */
async function untilServed(origin: string, tenant: BenchTenant, query: string): Promise<number> {
  const started = performance.now();
  for (;;) {
    const { errors } = await ask(origin, '/graphql', tenant, query);
    const waited = performance.now() - started;
    if (errors === undefined) return waited;
    if (waited > 10_000) throw new Error(`Not served after 10 s: ${JSON.stringify(errors).slice(0, 300)}`);
  }
}

const camel = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** "p50 / p99". */
export const middleAndTail = (values: readonly number[]): string =>
  `${decimal(percentile(values, 0.5), 1)} / ${decimal(percentile(values, 0.99), 1)}`;
