import type { TransactionSql } from '@formwork/pg';
import { Pace, type Problem, type Registry } from '@formwork/registry';
import type { Comparison } from './comparison.ts';
import { findMisfitKeys } from './misfit-keys.ts';
import { findMisfitLinks } from './misfit-links.ts';
import { findMisfitOptions } from './misfit-options.ts';
import { findMisfitValues } from './misfit-values.ts';

/** Which unique keys are looked at (all), and whether they alone are. */
interface MisfitOptions {
  /** By the storage key of the entity. */
  readonly keysOf?: (entityType: string) => boolean;
  readonly keysAlone?: boolean;
}

/**
 * What the new registry demands of records that are there and do not fulfil it, as problems with a count and some
 * examples. Looks only at what has changed: the rest is kept true by the triggers.
 */
export async function findMisfits(
  sql: TransactionSql,
  before: Registry | null,
  after: Registry,
  { keysOf = () => true, keysAlone = false }: MisfitOptions = {},
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const pace = new Pace();
  for (const [index, entity] of after.entities.entries()) {
    const was = before?.entityByStorageKey.get(entity.storageKey);
    if (before === null || was === undefined) continue;
    await pace.rest();
    const comparison: Comparison = { before, was, after, entity, path: `entities[${index}]` };
    if (keysOf(entity.storageKey)) problems.push(...(await findMisfitKeys(sql, comparison)));
    if (keysAlone) continue;
    problems.push(
      ...(await findMisfitValues(sql, comparison)),
      ...(await findMisfitOptions(sql, comparison)),
      ...(await findMisfitLinks(sql, comparison)),
    );
  }
  return problems;
}
