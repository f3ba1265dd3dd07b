import type { TransactionSql } from '@formwork/pg';
import type { Problem, Registry } from '@formwork/registry';
import type { ChangeStep } from '@formwork/view-compiler';

/** Records of an entity that a change has to touch, to fill slots or to number them. */
export interface Backfill {
  /** Key of the entity. */
  readonly entity: string;
  readonly records: number;
}

/** How many records the steps touch, of each entity; removed ones are called by their storage key. */
export async function countToFill(
  sql: TransactionSql,
  registry: Registry,
  steps: readonly ChangeStep[],
): Promise<readonly Backfill[]> {
  const touched = steps.flatMap((step) =>
    step.do === 'fill' || step.do === 'start_autonumber'
      ? step.entityType
      : step.do === 'save_rollup'
        ? step.row.entityType
        : [],
  );
  const counts: Backfill[] = [];
  for (const entityType of new Set(touched)) {
    const [row] = await sql<{ count: string }[]>`
      select count(*) from formwork.records where entity_type = ${entityType}`;
    const entity = registry.entityByStorageKey.get(entityType)?.key ?? entityType;
    counts.push({ entity, records: Number(row?.count) });
  }
  return counts.filter(({ records }) => records > 0);
}

/** A problem if that is more than one transaction should, while the tenant's writers wait. */
export function findTooManyToFill(backfill: readonly Backfill[], limit: number): readonly Problem[] {
  const total = backfill.reduce((sum, { records }) => sum + records, 0);
  if (total <= limit) return [];
  const names = backfill.map(({ entity }) => `"${entity}"`);
  return [
    {
      code: 'TOO_MANY_RECORDS',
      path: 'entities',
      message:
        `The change has to fill slots of ${total} records of ${names.join(', ')}; at most ${limit} can be filled in ` +
        'one change. Index fewer fields at a time, or raise the limit and apply it when writes can wait.',
    },
  ];
}
