import type { TransactionSql } from '@formwork/pg';
import { builtInRoles } from '@formwork/registry';
import { DirectoryError } from './errors.ts';
import { quote } from './quote.ts';

/** Throws unless `role` is one that a key of the transaction's tenant can have: built in, or of its registry. */
export async function assertRole(sql: TransactionSql, role: unknown): Promise<void> {
  if (builtInRoles.some((known) => known === role)) return;
  const own = (await sql<{ key: string }[]>`select key from formwork.roles order by position`).map(
    ({ key }) => key,
  );
  if (typeof role === 'string' && own.includes(role)) return;
  const roles = [...builtInRoles, ...own].map((known) => `"${known}"`).join(', ');
  throw new DirectoryError('ROLE_UNKNOWN', `There is no role ${quote(role)}. The roles are ${roles}.`);
}
