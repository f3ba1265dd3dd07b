import type { TransactionSql } from '@formwork/pg';
import type { Entity } from '@formwork/registry';
import { conversionsOf } from '@formwork/view-compiler';
import { findDifferences } from '../jobs/parity.ts';
import { type Drift, driftOf } from './drift.ts';

/** Fields and those that take their places, each value derived anew from the other; not while a job fills them. */
export async function verifyConversions(sql: TransactionSql, entity: Entity): Promise<readonly Drift[]> {
  const drifts: Drift[] = [];
  for (const pair of conversionsOf(entity)) {
    if (pair.state === 'filling') continue;
    const message = `Values that are not those of "${pair.source.key}" in the other type.`;
    drifts.push(
      ...driftOf('conversion', entity.key, pair.target.key, await findDifferences(sql, pair), message),
    );
  }
  return drifts;
}
