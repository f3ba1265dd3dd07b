import type { BatchOptions, DataPlane, TenantVersions } from '@formwork/pg';
import type { PreparedWrite, Reader, Values, WritePlans } from '@formwork/records';
import { type MutationField, mutationForm } from '@formwork/schema-factory';
import { type ReadableOperation, readForm } from './read-form.ts';
import type { SharedWrites } from './shared-writes.ts';

export interface PlannedMutation extends ReadableOperation {
  readonly plans: WritePlans;
  readonly writer: Reader;
  /** What the write was prepared for. */
  readonly expected: TenantVersions;
  readonly dataPlane: DataPlane;
  readonly sharedWrites: SharedWrites;
  readonly batchOptions: BatchOptions;
  /** Records that one answer may hold. */
  readonly maxRecords: number;
}

/** What became of it: all is written and committed. */
export interface Written {
  /** Null where the answer is not as it was foreseen. */
  readonly text: string | null;
  /** Of the records that each root field has written, in the order of the fields. */
  readonly ids: readonly (readonly string[])[];
}

/**
 * Runs a mutation whose writes are known beforehand as one message, committed with its last byte, and writes the answer
 * from what was read back in it. Null where it takes more than that, or where it was refused: nothing was done then, and
 * whoever goes step by step finds out what to say. Rejects where nobody knows whether it was done.
 */
export async function writePlanned(mutation: PlannedMutation): Promise<Written | null> {
  const fields: PreparedField[] = [];
  // One after the other, so that ids ascend in the order of the fields.
  for (const field of askedFields(mutation) ?? []) {
    const ready = prepareField(mutation, field);
    const prepared = ready instanceof Promise ? await ready : ready;
    if (prepared === null) return null;
    fields.push(prepared);
  }
  if (fields.length === 0) return null;
  const writes = fields.flatMap((field) => ('write' in field ? [field.write] : []));
  const results = await send(mutation, writes);
  if (results === null) return null;
  const own = resultsOf(writes, results);
  if (!writes.every((write, index) => write.isDone(own[index] ?? []))) return null;
  return { text: textOf(mutation, fields, own), ids: writes.map(({ ids }) => ids) };
}

type Results = Parameters<PreparedWrite['write']>[0];

function send(
  { dataPlane, sharedWrites, writer: { tenantId }, expected, batchOptions: options }: PlannedMutation,
  writes: readonly PreparedWrite[],
): Promise<Results | null> {
  const [write, ...others] = writes;
  if (write !== undefined && others.length === 0)
    return sharedWrites.send({ tenantId, expected, write, options });
  const statements = writes.flatMap(({ statements }) => statements);
  return dataPlane.writeWhole(tenantId, expected, statements, options);
}

type AskedField =
  | { readonly name: string; readonly text: string }
  | { readonly field: Exclude<MutationField, { text: string }>; readonly args: Values };

/** What is asked for, with its values; null where the executor has to do it. */
function askedFields(mutation: PlannedMutation): readonly AskedField[] | null {
  return readForm(mutation, (info, coerced) => {
    const form = mutationForm(info, mutation.prepared.operation);
    if (form === null || !standTogether(form.fields)) return null;
    const shown = form.fields.reduce((sum, field) => sum + ('shown' in field ? field.shown : 0), 0);
    if (shown > mutation.maxRecords) return null;
    return form.fields.map((field) =>
      'text' in field ? field : { field, args: field.argumentsOf(coerced) },
    );
  });
}

/** A record that is not there ends the whole mutation: so only a write that stands alone may look for one. */
function standTogether(fields: readonly MutationField[]): boolean {
  const writes = fields.filter((field) => 'kind' in field);
  const looking = writes.filter(({ kind }) => kind === 'update' || kind === 'delete');
  return writes.length > 0 && (looking.length === 0 || writes.length === 1);
}

type PreparedField =
  | { readonly name: string; readonly text: string }
  | {
      readonly name: string;
      readonly write: PreparedWrite;
      readonly payload: (written: string) => string;
    };

function prepareField(
  { plans, writer }: PlannedMutation,
  asked: AskedField,
): PreparedField | null | Promise<PreparedField | null> {
  if ('text' in asked) return asked;
  const { field, args } = asked;
  const write = plans.prepare(writer, { ...field, args });
  const made = (known: PreparedWrite | null) =>
    known && { name: field.name, write: known, payload: field.write };
  return write instanceof Promise ? write.then(made) : made(write);
}

function resultsOf(writes: readonly PreparedWrite[], results: Results): readonly Results[] {
  let from = 0;
  return writes.map(({ statements: { length } }) => {
    from += length;
    return results.slice(from - length, from);
  });
}

function textOf(
  { visit }: PlannedMutation,
  fields: readonly PreparedField[],
  own: readonly Results[],
): string | null {
  const rest = [...own];
  try {
    const texts = fields.map((field) => {
      const name = JSON.stringify(field.name);
      if ('text' in field) return `${name}:${field.text}`;
      return `${name}:${field.payload(field.write.write(rest.shift() ?? []))}`;
    });
    return `{"data":{${texts.join()}}}`;
  } catch (error) {
    visit.log.warn({ err: error }, 'what was written is read again');
    return null;
  }
}
