import type { Statement } from '@formwork/pg';
import type { PreparedRead, Reader, ReadPlans, Values } from '@formwork/records';
import { queryForm, type RootField } from '@formwork/schema-factory';
import type { TextResult } from './introspection.ts';
import { MovedError, type ReadBatches } from './read-batches.ts';
import { type ReadableOperation, readForm } from './read-form.ts';
import type { RecordBudget } from './record-budget.ts';

export interface PlannedQuery extends ReadableOperation {
  readonly plans: ReadPlans;
  readonly reader: Reader;
  readonly run: ReadBatches['run'];
  /** What writing the answer may cost. */
  readonly budget: RecordBudget;
}

/** The answer; or why there is none. */
export type PlannedAnswer =
  | { readonly result: TextResult }
  /** `failure`: of all that was asked of the database, for the executor to tell it at each field. */
  | { readonly result: null; readonly failure: unknown };

/**
 * Answers a query by reads that are planned beforehand, all in one batch, and writes the answer from their rows:
 * without the executor, which takes a promise for each field and an object for each value. Whatever is unforeseen (an
 * argument that is refused, a row that does not fit its type, too many records) leaves the query to the executor, so
 * that all errors are its own.
 */
export async function answerPlanned(query: PlannedQuery): Promise<PlannedAnswer> {
  const fields = prepareFields(query);
  if (fields === null) return leave();
  const statements: Statement[] = [];
  for (const field of fields) if ('read' in field) statements.push(...field.read.statements);
  let results: Awaited<ReturnType<ReadBatches['run']>> = [];
  try {
    if (statements.length > 0) results = await query.run(statements);
  } catch (error) {
    // What a tenant that has moved on would be told is thrown away.
    return error instanceof MovedError ? { result: {} } : leave(error);
  }
  if (!areRows(results)) return leave();
  try {
    const text = writeAnswer(fields, results, query.budget);
    return { result: { data: {}, stringify: () => text } };
  } catch (error) {
    // What ends the operation as a whole would end it there too.
    if (query.budget.error !== null) return { result: { data: null, errors: [query.budget.error] } };
    query.visit.log.debug({ err: error }, 'the executor answers');
    return leave();
  }
}

function leave(failure: unknown = null): PlannedAnswer {
  return { result: null, failure };
}

type Rows = Parameters<PreparedRead['write']>[0];

function areRows(results: Awaited<ReturnType<ReadBatches['run']>>): results is Rows {
  return !results.some((result) => result instanceof Error);
}

type PreparedField =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly read: PreparedRead };

/** Null where the executor has to do it. */
function prepareFields(query: PlannedQuery): readonly PreparedField[] | null {
  return readForm(query, (info, coerced) => {
    const form = queryForm(info, query.prepared.operation);
    const fields = form?.fields.map((field) => prepareField(query, field, coerced)) ?? [null];
    return fields.includes(null) ? null : (fields as readonly PreparedField[]);
  });
}

function prepareField(
  { plans, reader }: PlannedQuery,
  field: RootField,
  variables: Values,
): PreparedField | null {
  if ('text' in field) return field;
  const read = plans.prepare(reader, field.question, field.argumentsOf(variables));
  return read && { name: field.name, read };
}

/** Records between two looks at the clock. */
const atOnce = 1_000;

function writeAnswer(fields: readonly PreparedField[], rows: Rows, budget: RecordBudget): string {
  let untold = 0;
  const take = (records: number): void => {
    untold += records;
    if (untold < atOnce) return;
    budget.take(untold);
    untold = 0;
  };
  let from = 0;
  const texts = fields.map((field) => {
    const name = JSON.stringify(field.name);
    if ('text' in field) return `${name}:${field.text}`;
    const { length } = field.read.statements;
    const own = rows.slice(from, from + length);
    from += length;
    return `${name}:${field.read.write(own, take)}`;
  });
  budget.take(untold);
  return `{"data":{${texts.join()}}}`;
}
