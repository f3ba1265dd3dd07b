import { type AdminClient, withAdmin } from '@formwork/pg';
import type { Answer, RawServerSettings } from './raw-server.ts';

/** As many as our gateway has. */
const connections = 10;

/** Native tables, a condition on the tenant, no row-level security: node-postgres as it comes, statements prepared. */
export async function connectNative({ url, statements }: RawServerSettings): Promise<Answer> {
  const free: AdminClient[] = await Promise.all(Array.from({ length: connections }, () => open(url)));
  const waiting: ((client: AdminClient) => void)[] = [];
  return async (tenant, { operation, values }) => {
    const client = free.pop() ?? (await new Promise<AdminClient>((resolve) => waiting.push(resolve)));
    try {
      const text = statements[operation];
      const { rows } = await client.query({
        name: operation,
        text: text.replaceAll('$workspace', `$${values.length + 1}::uuid`),
        values: text.includes('$workspace') ? [...values, tenant] : [...values],
        rowMode: 'array',
      });
      return String((rows as unknown[][])[0]?.[0]);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(client);
      else next(client);
    }
  };
}

/** A client that stays open as long as the process. */
function open(url: string): Promise<AdminClient> {
  return new Promise((resolve, reject) => {
    const forEver = (client: AdminClient) => new Promise<never>(() => resolve(client));
    withAdmin(url, forEver).catch(reject);
  });
}
