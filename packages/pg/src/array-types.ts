import pg from 'pg';
import type { PostgresType } from 'postgres';
import { textArray } from './sql-text.ts';

/** By the number of their type, which Postgres has given out for ever: text[], name[], uuid[], boolean[], int4[], float8[]. */
const asTexts = [1009, 1003, 2951, 1000, 1007, 1022];
/** jsonb[] */
const asJson = 3807;

/**
 * Arrays for postgres.js. By itself it asks on each new connection for all types of arrays that there are, and each view
 * brings one: with 30,000 of them that takes up to 300 ms, in one piece.
 */
export const arrayTypes: Readonly<Record<string, PostgresType<readonly unknown[] | string>>> =
  Object.fromEntries([
    ...asTexts.map((oid) => [oid, arrayType(oid, String)]),
    [asJson, arrayType(asJson, JSON.stringify)],
  ]);

function arrayType(
  oid: number,
  write: (element: unknown) => string,
): PostgresType<readonly unknown[] | string> {
  const element = (value: unknown) => (value === null ? null : write(value));
  return {
    to: oid,
    from: [oid],
    // A text may have been written as an array already.
    serialize: (array) => (typeof array === 'string' ? array : textArray(array.map(element))),
    // Those of names are written as those of texts; node-postgres does not know them.
    parse: pg.types.getTypeParser(oid === 1003 ? 1009 : oid),
  };
}
