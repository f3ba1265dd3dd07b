import { isPlainObject } from '../validate/plain-object.ts';

/**
 * Whether the filter of a link holds where the link leads nowhere. Of a record that is not there nothing is known but
 * that it is not there: `isNull` has an answer, any other condition has none (undefined), and neither has its opposite.
 * Takes any value, because what is no filter is refused by whoever compiles it.
 */
export function holdsOfNothing(filter: unknown): boolean | undefined {
  if (!isPlainObject(filter)) return undefined;
  return both(Object.entries(filter).map(([name, operand]) => entryHolds(name, operand)));
}

function entryHolds(name: string, operand: unknown): boolean | undefined {
  switch (name) {
    case 'isNull':
      return operand === true;
    case 'and':
      return both(listOf(operand));
    case 'or':
      return opposite(both(listOf(operand).map(opposite)));
    case 'not':
      return opposite(holdsOfNothing(operand));
    default:
      return undefined;
  }
}

function listOf(operand: unknown): readonly (boolean | undefined)[] {
  return (Array.isArray(operand) ? operand : [operand]).map(holdsOfNothing);
}

/** False as soon as one is false; true if all are. */
function both(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(false)) return false;
  return values.includes(undefined) ? undefined : true;
}

function opposite(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}
