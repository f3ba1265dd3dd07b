import type { TransactionSql } from '@formwork/pg';
import type { Problem, Registry } from '@formwork/registry';
import { type ConvertedPair, conversionsOf } from '@formwork/view-compiler';
import { countOf, examplesOf } from '../find-records.ts';
import { findDifferences, findMisfits } from '../jobs/parity.ts';

/**
 * Values that a field which is to take the place of another could not have; and fields that are to be given up although the
 * one in their place is not filled, or not alike. Looks through the records, so it is asked before writers have to wait: later
 * on the triggers let nothing in that is not alike, and the job looks again.
 */
export async function findMisfitConversions(
  sql: TransactionSql,
  before: Registry | null,
  after: Registry,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const pair of after.entities.flatMap(conversionsOf)) {
    const known = before?.entityByStorageKey.get(pair.entity.storageKey);
    const isKnown = known?.allFields.some(({ storageKey }) => storageKey === pair.target.storageKey);
    if (!known || isKnown || pair.state !== 'filling') continue;
    const found = await findMisfits(sql, pair);
    if (found === null) continue;
    const { entity, source, target } = pair;
    const message =
      `${countOf(found)} of "${entity.key}" with a value of "${source.key}" that cannot become "${target.type}" ` +
      `as "${target.key}" has it: ${examplesOf(found)}. Change these values first, choose another type or other options` +
      `${pair.allowLoss ? '.' : ', or say "allowLoss": true where something may be left out.'}`;
    problems.push({ code: 'VALUES_DO_NOT_CONVERT', path: pathOf(after, pair), message, records: found });
  }
  return problems;
}

/** The fields that are to be given up for others, and may not be yet. */
export async function findUnfinishedConversions(
  sql: TransactionSql,
  before: Registry | null,
  after: Registry,
  withRecords: boolean,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const pair of before?.entities.flatMap(conversionsOf) ?? []) {
    const goesOn = after.entityByStorageKey.get(pair.entity.storageKey);
    const target = goesOn?.allFields.find(({ storageKey }) => storageKey === pair.target.storageKey);
    if (target?.conversion?.state !== 'contracted') continue;
    const path = pathOf(after, { entity: goesOn as ConvertedPair['entity'], target });
    const name = `"${pair.entity.key}.${pair.source.key}"`;
    if (pair.state === 'filling') {
      const message = `${name} cannot go: "${target.key}", which is to take its place, is not filled yet. Look at the job; undo the change of the type to give it up.`;
      problems.push({ code: 'STILL_FILLING', path, message });
      continue;
    }
    const found = withRecords ? await findDifferences(sql, pair) : null;
    if (found === null) continue;
    const message = `${countOf(found)} of "${pair.entity.key}" whose values of "${pair.source.key}" and "${target.key}" are not alike: ${examplesOf(found)}. Write one of the two anew.`;
    problems.push({ code: 'VALUES_DIFFER', path, message, records: found });
  }
  return problems;
}

function pathOf(after: Registry, { entity, target }: Pick<ConvertedPair, 'entity' | 'target'>): string {
  const index = after.entities.findIndex(({ storageKey }) => storageKey === entity.storageKey);
  const { allFields = [] } = after.entities[index] ?? {};
  const field = allFields.findIndex(({ storageKey }) => storageKey === target.storageKey);
  return `entities[${index}].fields[${field}]`;
}
