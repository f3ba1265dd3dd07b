import {
  createRecords,
  type ImportContext,
  type ImportOutcome,
  RecordError,
  type Values,
} from '@formwork/records';
import type { Entity, UniqueKey } from '@formwork/registry';
import { Failure } from '../failure.ts';
import { quote } from '../quote.ts';

/** The key of `--key`. Throws a Failure that names those that there are. */
export function getUpsertKey(entity: Entity, name: string): UniqueKey {
  const found = entity.keys.find((key) => [key.key, key.name].includes(name) && key.slot.state === 'ready');
  if (found !== undefined) return found;
  const keys = entity.keys.map(
    ({ key, fields }) => `${key} (${fields.map((field) => field.key).join(', ')})`,
  );
  throw new Failure(
    `--key: entity ${quote(entity.key)} has no unique key ${quote(name)}. Its unique keys: ${keys.join(', ') || 'none'}.`,
  );
}

/** These are told before anything was written; after any other the transaction cannot be gone on with. */
const harmless: ReadonlySet<string> = new Set(['VALIDATION_FAILED', 'BAD_USER_INPUT']);

/**
 * Changes the records that have the key's values and creates those that are not there, in one transaction. Rejects
 * with the RecordError of an input that was refused too late to leave it out.
 */
export async function upsertRecords(
  context: ImportContext & { readonly tenantId: string },
  entity: Entity,
  key: UniqueKey,
  inputs: readonly Values[],
): Promise<readonly ImportOutcome[]> {
  const records = createRecords({ ...context, mode: 'mutation', cursorSecret: '' });
  const outcomes: ImportOutcome[] = [];
  for (const input of inputs) {
    try {
      const [by, rest] = splitKey(key, input);
      const { node } = await records.upsert(entity.names.type, by, rest, { fields: [] });
      outcomes.push({ id: node.id });
    } catch (error) {
      if (!(error instanceof RecordError) || !harmless.has(error.code)) throw error;
      outcomes.push({ error });
    }
  }
  await records.finishWrites();
  return outcomes;
}

/** The key's values as `by` has them (a link as its id), and the rest of the input. */
function splitKey(key: UniqueKey, input: Values): readonly [Values, Values] {
  const values = key.fields.map(({ name, type }): [string, unknown] => [
    name,
    type === 'link' ? idOf(name, input[name]) : input[name],
  ]);
  const names = new Set(values.map(([name]) => name));
  const rest = Object.fromEntries(Object.entries(input).filter(([name]) => !names.has(name)));
  const by = values.length === 1 ? values[0]?.[1] : Object.fromEntries(values);
  return [{ [key.name]: by }, rest];
}

function idOf(name: string, link: unknown): unknown {
  if (link === undefined || link === null) return null;
  if (typeof link === 'object' && 'id' in link) return link.id;
  throw new RecordError('BAD_USER_INPUT', `Link "${name}" is part of the key of --key: give its id.`);
}
