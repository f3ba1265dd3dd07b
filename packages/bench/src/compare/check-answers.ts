import { isDeepStrictEqual } from 'node:util';
import { BenchFailure } from '../failure.ts';
import type { Operation, Sample } from '../operations/operation.ts';
import type { Target } from '../targets/target.ts';

/** Asks every target the same, and refuses to go on unless all answer the same. */
export async function checkAnswers(
  operation: Operation,
  targets: readonly Target[],
  samples: readonly Sample[],
): Promise<void> {
  for (const [tenant, index] of [
    [0, 3],
    [1, 5],
  ] as const) {
    const sample = samples[tenant];
    if (sample === undefined) continue;
    let expected: { readonly title: string; readonly essence: unknown } | undefined;
    for (const target of targets) {
      const essence = essenceOf(operation, await ask(target, operation, sample, tenant, index));
      expected ??= { title: target.title, essence };
      if (!isDeepStrictEqual(essence, expected.essence)) {
        throw new BenchFailure(
          `"${operation.title}": ${target.title} and ${expected.title} do not answer the same.\n${JSON.stringify(essence).slice(0, 1_500)}\n${JSON.stringify(expected.essence).slice(0, 1_500)}`,
        );
      }
    }
  }
}

type Data = Readonly<Record<string, unknown>>;

async function ask(
  target: Target,
  operation: Operation,
  sample: Sample,
  tenant: number,
  index: number,
): Promise<Data> {
  const response = await fetch(target.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...target.headers(tenant) },
    body: JSON.stringify(target.request(operation, sample, index)),
  });
  const text = await response.text();
  const answer: { data?: Data | null; errors?: unknown } = response.ok ? JSON.parse(text) : {};
  if (answer.data == null || answer.errors !== undefined) {
    throw new BenchFailure(`${target.title} refuses "${operation.title}": ${text.slice(0, 1_500)}`);
  }
  return answer.data;
}

function essenceOf(operation: Operation, data: Data): unknown {
  return canonical(operation.essence?.(data) ?? data);
}

/** Targets write decimals, moments and choices each in their own way. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, member]): [string, unknown] => [name, canonical(member)])
        .sort(([a], [b]) => a.localeCompare(b)),
    );
  }
  if (typeof value !== 'string') return value;
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(Number(value).toFixed(6));
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return Date.parse(value);
  return value.toLowerCase();
}
