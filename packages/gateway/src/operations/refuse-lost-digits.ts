import {
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { requestError } from '../request-error.ts';
import type { LostDigits } from './lost-digits.ts';
import type { OperationParams } from './prepare.ts';

/**
 * Why an operation is not run whose variables have JSON with a number that is not what the client wrote any more, in the words
 * of graphql-js. Other types say themselves what they make of such a number.
 */
export function refuseLostDigits(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  { variables, lostDigits = null }: OperationParams,
): GraphQLError | null {
  if (lostDigits === null) return null;
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const inputType = typeFromAST(schema, type as never) as unknown;
    if (!isInputType(inputType)) continue;
    const found = findIn(inputType, variables?.[name], name, lostDigits);
    if (found === undefined) continue;
    const message = `Variable "$${name}" got invalid value ${found.number} at "${found.path}"; JSON cannot hold the number ${found.number}: it would be changed. Write it as a string.`;
    return requestError('BAD_USER_INPUT', message);
  }
  return null;
}

interface Found {
  readonly number: string;
  /** "input.extra" */
  readonly path: string;
}

/** Takes values as they come: what does not fit its type is told when the operation runs. */
function findIn(type: GraphQLInputType, value: unknown, path: string, lost: LostDigits): Found | undefined {
  if (isNonNullType(type)) return findIn(type.ofType, value, path, lost);
  if (isListType(type)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    return first(items.entries(), ([index, item]) => findIn(type.ofType, item, `${path}[${index}]`, lost));
  }
  if (isInputObjectType(type)) {
    // The entries of a long text, or list, would be many times as large.
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const fields = type.getFields();
    return first(Object.entries(value), ([name, part]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return field && findIn(field.type, part, `${path}.${name}`, lost);
    });
  }
  const number = type.name === 'JSON' ? findInJson(value, lost) : undefined;
  return number === undefined ? undefined : { number, path };
}

function findInJson(value: unknown, lost: LostDigits): string | undefined {
  if (typeof value === 'number') return lost.get(value);
  return typeof value === 'object' && value !== null
    ? first(Object.values(value), (part) => findInJson(part, lost))
    : undefined;
}

function first<Item, Result>(
  items: Iterable<Item>,
  find: (item: Item) => Result | undefined,
): Result | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
