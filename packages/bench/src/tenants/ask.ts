import { BenchFailure } from '../failure.ts';
import type { BenchTenant } from './open-tenants.ts';

interface Answered {
  readonly ms: number;
  readonly data: unknown;
  readonly errors: unknown;
}

/** Asks a gateway as that tenant. `path` is `/graphql` or `/design`. */
export async function ask(
  origin: string,
  path: string,
  { key }: Pick<BenchTenant, 'key'>,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Answered> {
  const started = performance.now();
  const response = await fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  const ms = performance.now() - started;
  const { data, errors }: { data?: unknown; errors?: unknown } = JSON.parse(text);
  return { ms, data, errors };
}

/** Milliseconds of an answer that must be without errors. */
export async function askWell(
  origin: string,
  path: string,
  tenant: Pick<BenchTenant, 'key'>,
  query: string,
): Promise<number> {
  const { ms, errors } = await ask(origin, path, tenant, query);
  if (errors !== undefined)
    throw new BenchFailure(`A gateway refuses: ${JSON.stringify(errors).slice(0, 500)}`);
  return ms;
}
