import { DirectoryError } from './errors.ts';
import { quote } from './quote.ts';

/** The roles that every tenant has, from the one that may least: read, write, change the registry, everything. */
export const builtInRoles = ['viewer', 'editor', 'designer', 'admin'] as const;

export type BuiltInRole = (typeof builtInRoles)[number];

/** Throws unless `role` is one that a key can have. */
export function assertRole(role: unknown): asserts role is BuiltInRole {
  if (builtInRoles.some((known) => known === role)) return;
  throw new DirectoryError(
    'ROLE_UNKNOWN',
    `There is no role ${quote(role)}. The roles are ${builtInRoles.map((known) => `"${known}"`).join(', ')}.`,
  );
}
