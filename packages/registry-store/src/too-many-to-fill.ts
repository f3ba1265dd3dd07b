import type { TransactionSql } from '@formwork/pg';
import type { Problem, Registry } from '@formwork/registry';
import type { ChangeStep } from '@formwork/view-compiler';

/** A problem if the steps touch more records than one transaction should, while the tenant's writers wait. */
export async function findTooManyToFill(
  sql: TransactionSql,
  before: Registry | null,
  steps: readonly ChangeStep[],
  limit: number,
): Promise<Problem[]> {
  const touched = steps.flatMap((step) =>
    step.do === 'fill' || step.do === 'start_autonumber' ? step.entityType : [],
  );
  let total = 0;
  for (const entityType of new Set(touched)) {
    const [row] = await sql<{ count: string }[]>`
      select count(*) from formwork.records where entity_type = ${entityType}`;
    total += Number(row?.count);
  }
  if (total <= limit) return [];
  const names = [...new Set(touched)].map((key) => `"${before?.entityByStorageKey.get(key)?.key ?? key}"`);
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
