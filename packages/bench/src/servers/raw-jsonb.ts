import { connectDataPlane, type Statement } from '@formwork/pg';
import type { Answer, RawServerSettings } from './raw-server.ts';

/** Records behind views under row-level security: one message for tenant and statement, writes fenced as ours are. */
export function connectJsonb({ url, statements, version }: RawServerSettings): Answer {
  const dataPlane = connectDataPlane({ url });
  return async (tenant, { operation, values }) => {
    // Prepared and planned once, as by anybody who writes a statement by hand.
    const statement: Statement = { text: statements[operation], values, reusesPlan: true };
    const fence: Statement = {
      text: 'select formwork.begin_write($1::uuid, $2::int)',
      values: [tenant, String(version)],
      reusesPlan: true,
    };
    const isWrite = operation === 'create' || operation === 'update' || operation === 'bulk';
    const { results } = await dataPlane.read(tenant, isWrite ? [fence, statement] : [statement]);
    const last = results.at(-1);
    if (last === undefined || last instanceof Error) throw last ?? new Error('No result');
    return last[0]?.[0] ?? '{"data":null}';
  };
}
