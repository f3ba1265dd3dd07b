import type { Values } from '@formwork/records';
import type { mutationForm } from '@formwork/schema-factory';
import type { GraphQLSchema } from 'graphql';
import type { Visit } from '../visit.ts';
import { coerceVariables } from './coerce-variables.ts';
import { fragmentsOf } from './fragments-of.ts';
import type { OperationParams, PreparedOperation } from './prepare.ts';

/** An operation that may run. */
export type RunnableOperation = Extract<PreparedOperation, { readonly refused: null }>;

export interface ReadableOperation {
  readonly schema: GraphQLSchema;
  readonly prepared: RunnableOperation;
  readonly variables: OperationParams['variables'];
  /**
   * Whose log hears of it: made when it is asked for, which nearly never happens. Not by a getter of the literal that this is:
   * V8 makes each of those among old objects, where it keeps all of its request until the next full collection.
   */
  readonly visit: Pick<Visit, 'log'>;
}

/** What `read` makes of an operation and its values; null where the executor has to do it, or to say what is wrong with it. */
export function readForm<Result>(
  { schema, prepared, variables, visit }: ReadableOperation,
  read: (info: Parameters<typeof mutationForm>[0], coerced: Values) => Result | null,
): Result | null {
  const coerced = coerceVariables(schema, prepared.operation, variables);
  if (coerced === null) return null;
  const info = { schema, variableValues: coerced, fragments: fragmentsOf(prepared.document) };
  try {
    return read(info, coerced);
  } catch (error) {
    // An argument that is refused: the executor says so at its field.
    visit.log.debug({ err: error }, 'the executor answers');
    return null;
  }
}
