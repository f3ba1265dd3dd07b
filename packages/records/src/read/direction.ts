import { badInput } from './bad-input.ts';

/** How values are placed: DESC puts records without a value first, as Postgres does, unless told otherwise. */
export interface Direction {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

const directions: Readonly<Record<string, Direction>> = {
  ASC: { descending: false, nullsFirst: false },
  DESC: { descending: true, nullsFirst: true },
  ASC_NULLS_FIRST: { descending: false, nullsFirst: true },
  ASC_NULLS_LAST: { descending: false, nullsFirst: false },
  DESC_NULLS_FIRST: { descending: true, nullsFirst: true },
  DESC_NULLS_LAST: { descending: true, nullsFirst: false },
};

/** The direction of a step of an ordering. Throws BAD_USER_INPUT for what is none. */
export function directionOf(value: unknown, path: string): Direction {
  const direction =
    typeof value === 'string' && Object.hasOwn(directions, value) ? directions[value] : undefined;
  if (direction === undefined) throw badInput(path, `must be one of ${Object.keys(directions).join(', ')}.`);
  return direction;
}
