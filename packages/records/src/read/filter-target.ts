import type { SqlFragment } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import { isPlainObject } from '../validate/plain-object.ts';
import { badInput } from './bad-input.ts';
import type { StatementScope } from './statement-scope.ts';

/** Where a filter applies: records of the entity, under the alias. */
export interface FilterTarget {
  readonly scope: StatementScope;
  readonly entity: Entity;
  readonly alias: SqlFragment;
  readonly depth: number;
}

/** Names and values of a filter. Throws for null and for one that asks nothing. */
export function filterEntries(filter: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (filter === null || filter === undefined) {
    throw badInput(path, 'is null. To match everything leave it out; to ask for no value use "isNull".');
  }
  if (!isPlainObject(filter)) throw badInput(path, 'must be an object.');
  const entries = Object.entries(filter).filter(([, operand]) => operand !== undefined);
  if (entries.length === 0) throw badInput(path, 'is empty. To match everything leave it out.');
  return entries;
}
