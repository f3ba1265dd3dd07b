import { isDeepStrictEqual } from 'node:util';
import type { TransactionSql } from '@formwork/pg';
import {
  createRegistry,
  type Limits,
  type Problem,
  type Registry,
  type RegistryDocument,
  RegistryError,
  toStoredRegistry,
} from '@formwork/registry';
import { type ChangeStep, compileChange } from '@formwork/view-compiler';
import { finishSlots } from './finish-slots.ts';
import { findMisfits } from './misfits/find-misfits.ts';
import type { RegistrySnapshot } from './read-registry.ts';
import { readRetiredKeys } from './retired-keys.ts';
import { findTooManyToFill } from './too-many-to-fill.ts';

export interface PlanOptions {
  readonly limits?: Partial<Limits>;
  /** Records that one change may touch to fill slots (200,000). */
  readonly fillLimit?: number;
}

export interface PlannedChange {
  /** As it is once the slots are filled, which they are before the transaction of the change ends. */
  readonly registry: Registry;
  readonly steps: readonly ChangeStep[];
  /** False when the registry is like that already. */
  readonly changed: boolean;
  /** What of the records is in the way. */
  readonly problems: readonly Problem[];
}

/** What a document would make of the current registry. Throws RegistryError when the document itself is wrong. */
export async function planChange(
  sql: TransactionSql,
  { registry: current }: RegistrySnapshot,
  input: unknown,
  { limits, fillLimit = 200_000 }: PlanOptions,
): Promise<PlannedChange> {
  // createRegistry trusts nothing about the document, whatever its type says.
  const result = createRegistry(input as RegistryDocument, {
    ...(current && { current }),
    ...(limits && { limits }),
    retired: await readRetiredKeys(sql),
    populated: await findPopulated(sql),
  });
  if ('problems' in result) throw new RegistryError(result.problems);
  const registry = finishSlots(result.registry);
  const steps = compileChange(current, registry);
  if (isSame(current, registry)) return { registry, steps, changed: false, problems: [] };
  const problems = [
    ...(await findMisfits(sql, current, registry)),
    ...(await findTooManyToFill(sql, current, steps, fillLimit)),
  ];
  return { registry, steps, changed: true, problems };
}

async function findPopulated(sql: TransactionSql): Promise<ReadonlySet<string>> {
  const rows = await sql<{ entity: string }[]>`
    select e.storage_key as entity from formwork.entity_types e
    where exists (select from formwork.records r where r.entity_type = e.storage_key)`;
  return new Set(rows.map(({ entity }) => entity));
}

/** Rows are compared, since positions count as well; the order of properties, which jsonb does not keep, does not. */
function isSame(current: Registry | null, next: Registry): boolean {
  const asJson = (registry: Registry): unknown => JSON.parse(JSON.stringify(toStoredRegistry(registry)));
  return current !== null && isDeepStrictEqual(asJson(current), asJson(next));
}
