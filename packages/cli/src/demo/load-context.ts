import type { Execute } from '@formwork/records';
import { importRecords, type Values } from '@formwork/records';
import type { Registry } from '@formwork/registry';

/** Where demo data goes: one transaction for all of a tenant's, so that there is all of it or none. */
export interface LoadContext {
  readonly registry: Registry;
  readonly execute: Execute;
}

/** Who wrote it, in `created_by`. */
export const demoActor = 'demo';

const batchSize = 1000;

/** Creates records through the validation of the API and gives their ids, in order. Demo data has to fit. */
export async function insertRecords(
  { registry, execute }: LoadContext,
  typeName: string,
  inputs: readonly Values[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let start = 0; start < inputs.length; start += batchSize) {
    const batch = inputs.slice(start, start + batchSize);
    const outcomes = await importRecords({ registry, execute, actor: demoActor }, typeName, batch);
    for (const outcome of outcomes) {
      if ('error' in outcome) throw outcome.error;
      ids.push(outcome.id);
    }
  }
  return ids;
}
