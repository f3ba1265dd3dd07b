import type { TransactionSql } from '@formwork/pg';
import { DirectoryError } from './errors.ts';
import { quote } from './quote.ts';

/** The roles that every tenant has, from the one that may least: read, write, change the registry, everything. */
export const builtInRoles = ['viewer', 'editor', 'designer', 'admin'] as const;

export type BuiltInRole = (typeof builtInRoles)[number];

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
