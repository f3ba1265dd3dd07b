import type { TransactionSql } from '@formwork/pg';
import type { Field, Problem, Registry } from '@formwork/registry';
import type { ChangeStep } from '@formwork/view-compiler';

/** Records of an entity that a change has to touch, to fill slots or to number them. */
export interface Backfill {
  /** Key of the entity. */
  readonly entity: string;
  readonly records: number;
}

/** The same, with the entity's storage key. */
export interface Touched extends Backfill {
  readonly entityType: string;
}

/** How many records the steps touch, of each entity; removed ones are called by their storage key. */
export async function countToFill(
  sql: TransactionSql,
  registry: Registry,
  steps: readonly ChangeStep[],
): Promise<readonly Touched[]> {
  return countRecords(sql, registry, new Set(steps.flatMap((step) => touchedBy(step) ?? [])));
}

/** The entity (its storage key) whose records a step touches, if it does. */
export function touchedBy(step: ChangeStep): string | null {
  if (step.do === 'fill' || step.do === 'start_autonumber') return step.entityType;
  return step.do === 'save_rollup' ? step.row.entityType : null;
}

/** Records whose slots are emptied while the tenant's writers wait; there is no hurry to do it. */
export const mostTidied = 5_000;

/** Slots that nobody has any more are emptied with the change where that is little, and else by a job. */
export async function tidyNow(
  sql: TransactionSql,
  steps: readonly ChangeStep[],
  limit: number,
): Promise<readonly ChangeStep[]> {
  const tidied = steps.filter((step) => step.do === 'tidy').map(({ entityType }) => entityType);
  const most = Math.min(limit, mostTidied);
  const [row] = await sql<{ found: string }[]>`
    select count(*) as found from (
      select from formwork.records where entity_type = any (${tidied}::text[]) limit ${most + 1}::int) looked`;
  if (Number(row?.found) > most) return steps;
  return steps.map((step) => (step.do === 'tidy' ? { ...step, do: 'fill' } : step));
}

/** The same for those that a job will touch, while everybody goes on writing. */
export function countToConvert(
  sql: TransactionSql,
  before: Registry | null,
  after: Registry,
): Promise<readonly Touched[]> {
  const isFilling = ({ conversion }: Field) => conversion?.state === 'filling';
  const wanted = after.entities.filter((entity) => {
    const known = before?.entityByStorageKey.get(entity.storageKey)?.allFields.filter(isFilling);
    const isKnown = (field: Field) => known?.some(({ storageKey }) => storageKey === field.storageKey);
    return entity.allFields.some((field) => isFilling(field) && !isKnown(field));
  });
  return countRecords(sql, after, new Set(wanted.map(({ storageKey }) => storageKey)));
}

async function countRecords(
  sql: TransactionSql,
  registry: Registry,
  entityTypes: ReadonlySet<string>,
): Promise<readonly Touched[]> {
  const counts: Touched[] = [];
  for (const entityType of entityTypes) {
    const [row] = await sql<{ count: string }[]>`
      select count(*) from formwork.records where entity_type = ${entityType}`;
    const entity = registry.entityByStorageKey.get(entityType)?.key ?? entityType;
    counts.push({ entity, entityType, records: Number(row?.count) });
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
        `The change has to fill slots of ${total} records of ${names.join(', ')}; at most ${limit} can be filled in one change, ` +
        'for writers wait. Words to search, stored formulas, rollups, counters and what comes back are not left to a job. Change fewer things at a ' +
        'time (an index or a key by itself is filled by a job), or have it done when writes can wait: ' +
        `"FORMWORK_FILL_LIMIT=${total} formwork registry apply …" raises the limit for that one change.`,
    },
  ];
}
