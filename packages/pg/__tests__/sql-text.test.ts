import {
  connectDataPlane,
  type DataPlane,
  identifier,
  literal,
  type Statement,
  sql,
  textArray,
} from '@formwork/pg';
import { OpenValue } from '@formwork/pg/sql-text';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';

const hostile = [
  'plain',
  'a.b',
  '"',
  '""',
  'a"; drop table formwork.records; --',
  "it's",
  "''",
  '\\',
  "\\'; select 1; --",
  '$$',
  '$1',
  '$tag$',
  '-- comment',
  '/* comment */',
  'é',
  '💥',
  'line\nbreak',
  'tab\t',
  ' ',
  '%I',
  ':name',
  'U&"\\0041"',
];

test('writes values as numbered parameters', () => {
  const statement = sql`select ${'a'}, ${1}, ${2n}, ${true}, ${null} from t`;
  expect(statement.text).toBe('select $1, $2, $3, $4, $5 from t');
  expect(statement.values).toEqual(['a', '1', '2', 'true', null]);
});

test('numbers the parameters of nested fragments from left to right', () => {
  const inner = sql`b = ${2} and c = ${3}`;
  const middle = sql`(${inner}) or d = ${4}`;
  const statement = sql`select ${1} where ${middle} and ${inner} limit ${5}`;
  expect(statement.text).toBe('select $1 where (b = $2 and c = $3) or d = $4 and b = $5 and c = $6 limit $7');
  expect(statement.values).toEqual(['1', '2', '3', '4', '2', '3', '5']);
});

test('keeps a fragment as it was, however often it is used', () => {
  const part = sql`x = ${1}`;
  expect(sql`${part} or ${part}`.text).toBe('x = $1 or x = $2');
  expect(part.text).toBe('x = $1');
});

test('joins fragments', () => {
  const list = sql.join([sql`${1}`, sql`f(${2}, ${3})`, sql.raw('now()')]);
  expect(sql`select ${list}`.text).toBe('select $1, f($2, $3), now()');
  expect(sql.join([sql`a`, sql`b`], ' and ').text).toBe('a and b');
  expect(sql.join([]).text).toBe('');
});

test('quotes dotted names part by part', () => {
  expect(sql.identifier('formwork', 'a.b').text).toBe('"formwork"."a.b"');
});

test.each(['', 'a\0b', 'é'.repeat(32), 'x'.repeat(64)])('refuses %j as an identifier', (name) => {
  expect(() => identifier(name)).toThrow(TypeError);
});

test('takes an identifier of 63 bytes', () => {
  expect(identifier('x'.repeat(63))).toBe(`"${'x'.repeat(63)}"`);
});

test('refuses a literal with a NUL', () => {
  expect(() => literal('a\0b')).toThrow('contains a NUL');
});

test('refuses a value that is no text, number, boolean or null', () => {
  const values = [undefined, {}, [], Symbol('x'), () => 1] as unknown as string[];
  for (const value of values) expect(() => sql`select ${value}`).toThrow(TypeError);
});

describe('as Postgres reads it', () => {
  let database: TestDatabase;
  let plane: DataPlane;
  let tenantId: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    plane = connectDataPlane({ url: database.gatewayUrl });
    tenantId = await asAdmin(database, async (admin) => {
      const { rows } = await admin.query(
        "insert into formwork.tenants (slug, name) values ('quotes', '') returning id",
      );
      return rows[0].id;
    });
  });
  afterAll(async () => {
    await plane.close();
    await database.drop();
  });

  const ask = async (statement: Statement): Promise<string | null | undefined> => {
    const [rows] = (await plane.read(tenantId, [statement])).results;
    if (rows instanceof Error) throw rows;
    return rows?.[0]?.[0];
  };

  test.each(hostile)('%j comes back from a parameter, a literal, a name and an array', async (text) => {
    expect(await ask(sql`select ${text}`)).toBe(text);
    expect(await ask(sql`select ${sql.literal(text)}`)).toBe(text);
    expect(await ask(sql`select to_jsonb(x) ->> ${text} from (select 1 as ${sql.identifier(text)}) x`)).toBe(
      '1',
    );
    expect(await ask(sql`select (${textArray(['before', text, null])}::text[])[2]`)).toBe(text);
  });

  test('a list holds nulls, empty texts and what looks like them', async () => {
    const list = textArray(['', null, 'null', 'NULL', '{}', ',', '"a,b"']);
    expect(await ask(sql`select to_jsonb(${list}::text[])`)).toBe(
      '["", null, "null", "NULL", "{}", ",", "\\"a,b\\""]',
    );
    expect(await ask(sql`select cardinality(${textArray([])}::text[])`)).toBe('0');
  });

  test('a literal stays a literal where backslashes are escapes', async () => {
    await asAdmin(database, async (admin) => {
      await admin.query('set standard_conforming_strings = off; set escape_string_warning = off');
      for (const text of hostile) {
        const { rows } = await admin.query(`select ${literal(text)} as text`);
        expect(rows[0].text).toBe(text);
      }
    });
  });
});

describe('a value that is not known yet', () => {
  const price = new OpenValue(({ price }: { price: number }) => price);
  const statement = sql`select ${'a'}, ${price.map(String)} ${sql`where ${price.map((value) => `${value}!`)} = ${1}`}`;

  test('is filled in later, into the same text, by what was made of it', () => {
    expect(statement.fill({ price: 5 })).toEqual({
      text: 'select $1, $2 where $3 = $4',
      values: ['a', '5', '5!', '1'],
    });
    expect(statement.fill({ price: 6 }).values).toEqual(['a', '6', '6!', '1']);
  });

  test('keeps the statement from being sent before', () => {
    expect(() => statement.values).toThrow('is not known yet');
    expect(statement.openValues).toHaveLength(2);
  });

  test('is never taken for a value', () => {
    expect(() => JSON.stringify({ nested: [price] })).toThrow('is not known yet');
    expect(() => `${price as unknown as string}`).toThrow('is not known yet');
    expect(() => Number(price)).toThrow('is not known yet');
  });

  test('tells what was made of it in the end, used or not', () => {
    const ends = new Set<OpenValue>();
    const value = new OpenValue((given: number) => given, ends);
    const [one, other] = [value.map((known) => known + 1), value.map((known) => known * 2)];
    const last = one.map(String);
    expect([...ends]).toEqual([other, last]);
    expect([...ends].map((end) => end.of(4))).toEqual([8, '5']);
  });
});
