import { OpenValue, type SqlFragment, sql } from '@formwork/pg/sql-text';
import {
  claimsOf,
  type Entity,
  fillClaims,
  type Registry,
  type RowRule,
  renameRule,
} from '@formwork/registry';
import { RecordError } from '../contract.ts';
import type { FilterTarget } from '../read/filter-target.ts';
import { defaultReadLimits } from '../read/limits.ts';
import { StatementScope } from '../read/statement-scope.ts';
import { compileWhere } from '../read/where.ts';

/** What is known of the caller, by name. */
export type ClaimValues = Readonly<Record<string, unknown>>;

/** The registry has bounded rules when they were applied; what a client may ask is another matter. */
const limits = { ...defaultReadLimits, conditions: 1_000, depth: 100 };

/**
 * A row rule as a condition on the record under the alias, by the code of GraphQL filters. It sees the whole registry and
 * all records: what a role may be shown is one thing, what decides it another. `entity`: of the whole registry.
 *
 * It fails closed. What asks for a claim that the caller does not have, or that is of another type, is false as a whole
 * (`not`, `none` and `every` included), so it never matches for want of a claim; of an `or` only the alternatives that
 * ask for it are.
 */
export function compileRowRule(
  whole: Registry,
  entity: Entity,
  rule: RowRule,
  claims: ClaimValues,
  alias: SqlFragment,
): SqlFragment {
  const scope = new StatementScope(whole, limits);
  const filter = renameRule(whole, entity, rule, 'storage', 'name');
  return compileGuarded({ scope, entity, alias, depth: 0 }, filter, claims);
}

function compileGuarded(target: FilterTarget, filter: RowRule, claims: ClaimValues): SqlFragment {
  const conditions = Object.entries(filter).map(([name, operand]) => {
    if (name !== 'and' && name !== 'or') return compileLeaf(target, { [name]: operand }, claims);
    const parts = (operand as readonly RowRule[]).map((part) => compileGuarded(target, part, claims));
    return sql`(${sql.join(parts, ` ${name} `)})`;
  });
  return sql`(${sql.join(conditions, ' and ')})`;
}

function compileLeaf(target: FilterTarget, filter: RowRule, claims: ClaimValues): SqlFragment {
  const asked = [...claimsOf(filter)];
  const claimOf = (name: string) => (Object.hasOwn(claims, name) ? (claims[name] ?? undefined) : undefined);
  if (asked.some((name) => claimOf(name) === undefined)) return sql`false`;
  try {
    return compileWhere(target, fillClaims(filter, claimOf), 'where');
  } catch (error) {
    // Of a value that is still to come nothing is known: whoever plans with it has to give up.
    if (asked.some((name) => claimOf(name) instanceof OpenValue)) throw error;
    // A claim is whatever somebody else has put into a token.
    if (asked.length > 0 && error instanceof RecordError) return sql`false`;
    throw error;
  }
}
