import { importRecords, type Values } from '@formwork/records';
import type { Home } from '../home.ts';
import type { MadeTenant } from './make-tenant.ts';

/** Rows of one transaction. */
const chunk = 2_000;

/** Creates so many records through the validation of the API, as an import would; gives their ids in order. */
export async function insertRecords(
  { dataPlane }: Pick<Home, 'dataPlane'>,
  { id, version, registry }: Omit<MadeTenant, 'key'>,
  typeName: string,
  count: number,
  input: (index: number) => Values,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let start = 0; start < count; start += chunk) {
    const inputs = Array.from({ length: Math.min(chunk, count - start) }, (_, index) => input(start + index));
    const outcomes = await dataPlane.write(id, version, (transaction) =>
      importRecords(
        { registry, execute: transaction.run.bind(transaction), actor: 'bench' },
        typeName,
        inputs,
      ),
    );
    for (const outcome of outcomes) {
      if ('error' in outcome) throw outcome.error;
      ids.push(outcome.id);
    }
  }
  return ids;
}
