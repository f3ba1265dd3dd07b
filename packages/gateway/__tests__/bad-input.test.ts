import { asAdmin } from '@formwork/testkit';
import { dataOf, type GraphqlAnswer, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { rawRequest } from './raw-request.ts';

/** Every kind of value that a body can be hostile in. */
const design = {
  formwork: 1,
  entities: [
    {
      key: 'thing',
      fields: [
        { key: 'name', type: 'text', unique: true },
        { key: 'size', type: 'integer' },
        { key: 'mass', type: 'number' },
        { key: 'price', type: 'decimal', options: { precision: 10, scale: 2 } },
        { key: 'extra', type: 'json' },
        { key: 'code', type: 'text' },
        { key: 'parent', type: 'link', options: { target: 'thing', inverse: 'parts' } },
        { key: 'friends', type: 'links', options: { target: 'thing' } },
      ],
    },
  ],
};

let harness: Harness;
let gateway: TestGateway;
let tenant: TestTenant;

beforeAll(async () => {
  harness = await Harness.open();
  // Of a pattern that can run for ever the registry itself wants nothing to know.
  await expect(harness.tenant('hostile', withPattern('^(a+)+$'))).rejects.toThrow(/can take for ever/);
  tenant = await harness.tenant('workshop', withPattern('a*a*a*a*a*b$'));
  gateway = await harness.gateway();
});
afterEach(async () => {
  expect(
    await asAdmin(harness.database, (admin) => admin.query('select data from formwork.records')),
  ).toMatchObject({
    rows: [],
  });
  // It is still up, and serves others.
  dataOf(await gateway.ask(tenant.keys.editor, '{ things { totalCount } }'));
});
afterAll(() => harness.close());

const create = 'mutation ($input: CreateThingInput!) { createThing(input: $input) { thing { id } } }';
const nobody = '0193f5a2-7c1e-7000-8000-000000000000';

test('a body of ten megabytes is refused before it is read, with the limit', async () => {
  const body = JSON.stringify({ query: create, variables: { input: { name: 'x'.repeat(10_000_000) } } });
  const answer = await post(body);
  expect(answer).toMatchObject({ status: 413, code: 'LIMIT_EXCEEDED' });
  expect(answer.message).toContain('8388608');
});

test('a text of five megabytes in a body that may be so large is a violation of its field', async () => {
  const answer = await post(
    JSON.stringify({ query: create, variables: { input: { name: 'x'.repeat(5_000_000) } } }),
  );
  expect(answer).toMatchObject({ status: 200, code: 'VALIDATION_FAILED' });
  expect(answer.violations).toMatchObject([{ path: ['input', 'name'], code: 'TOO_LONG' }]);
});

describe('a hundred thousand ids', () => {
  const ids = Array.from({ length: 100_000 }, () => nobody);

  test('in a list of links are too many', async () => {
    const answer = await ask(create, { input: { name: 'a', friends: { add: ids.map((id) => ({ id })) } } });
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'VALIDATION_FAILED',
      violations: [{ path: ['input', 'friends'], code: 'TOO_MANY' }],
    });
  });

  test('in a filter of a write, and of a read, match nothing or are too many', async () => {
    const write = 'mutation ($ids: [ID!]) { deleteThings(where: { id: { in: $ids } }) { ids } }';
    expectClear(await ask(write, { ids }), ['LIMIT_EXCEEDED', 'BAD_USER_INPUT', null]);
    const read = 'query ($ids: [ID!]) { things(where: { id: { in: $ids } }) { totalCount } }';
    expectClear(await ask(read, { ids }), ['LIMIT_EXCEEDED', 'BAD_USER_INPUT', null]);
    expectClear(await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids }), [
      'LIMIT_EXCEEDED',
      'BAD_USER_INPUT',
    ]);
  });

  test('as records to create are too many', async () => {
    const text =
      'mutation ($inputs: [CreateThingInput!]!) { createThings(inputs: $inputs) { things { id } } }';
    expectClear(await ask(text, { inputs: ids.map(() => ({})) }), ['LIMIT_EXCEEDED']);
  });
});

test.each([
  ['2147483648', 'size', 'BAD_USER_INPUT'],
  ['1.5', 'size', 'BAD_USER_INPUT'],
  ['1e999', 'mass', 'BAD_USER_INPUT'],
  ['1e100000', 'price', 'BAD_USER_INPUT'],
  ['"1e100000"', 'price', 'BAD_USER_INPUT'],
  ['"1e99"', 'price', 'VALIDATION_FAILED'],
  ['"9…"', 'price', 'BAD_USER_INPUT'],
  ['123456789.01', 'price', 'VALIDATION_FAILED'],
  ['"NaN"', 'price', 'BAD_USER_INPUT'],
  ['"Infinity"', 'mass', 'BAD_USER_INPUT'],
  ['1e999', 'extra', 'BAD_USER_INPUT'],
  ['9007199254740993', 'extra', 'BAD_USER_INPUT'],
  ['{ "\\"": [ "1", -12345678901234567890 ] }', 'extra', 'BAD_USER_INPUT'],
])('the number %s as %s is refused, and the field is named', async (number, field, code) => {
  const answer = await post(
    `{"query":${JSON.stringify(create)},"variables":{"input":{"${field}":${number}}}}`,
  );
  expect(answer).toMatchObject({ code });
  expect(`${answer.message}${JSON.stringify(answer.violations)}`).toContain(field);
  expect(answer.message.length).toBeLessThan(1000);
});

describe('characters that nobody can store', () => {
  test('as bytes that are no UTF-8 make the body unreadable', async () => {
    const body = Buffer.from(JSON.stringify({ query: create, variables: { input: { name: '@' } } }));
    body[body.indexOf('@')] = 0xff;
    expect(await post(body)).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
      message: 'The body is not UTF-8.',
    });
  });

  test.each([
    ['NUL', '\\u0000'],
    ['half of a surrogate pair', '\\ud83d'],
    ['the other half', '\\udc4d'],
  ])('as %s are a violation, in text, in JSON, in its names and in a key', async (_, character) => {
    for (const input of [
      `{"name":"a${character}b"}`,
      `{"extra":{"a":["${character}"]}}`,
      `{"extra":{"${character}":1}}`,
    ]) {
      const answer = await post(`{"query":${JSON.stringify(create)},"variables":{"input":${input}}}`);
      expect(answer).toMatchObject({ status: 200, code: 'VALIDATION_FAILED' });
      expect(answer.violations).toMatchObject([{ code: 'CHARACTERS' }]);
    }
    const upsert = 'mutation ($by: ThingUniqueKey!) { upsertThing(by: $by, input: {}) { created } }';
    const by = await post(`{"query":${JSON.stringify(upsert)},"variables":{"by":{"name":"${character}"}}}`);
    expect(by.violations).toMatchObject([{ path: ['by', 'name'], code: 'CHARACTERS' }]);
    const link = await post(
      `{"query":${JSON.stringify(create)},"variables":{"input":{"parent":{"by":{"name":"${character}"}}}}}`,
    );
    expect(link.violations).toMatchObject([{ path: ['input', 'parent', 'by', 'name'], code: 'CHARACTERS' }]);
    for (const text of [
      `mutation { deleteThing(id: "${character}") { id } }`,
      `mutation { deleteThings(where: { name: { eq: "${character}" } }) { ids } }`,
      `mutation { createThing(input: { name: "${character}" }) { thing { id } } }`,
    ]) {
      // An escape in a GraphQL document is refused by its parser where it is half of a pair.
      const answer = await post(JSON.stringify({ query: text }));
      expect([
        'NOT_FOUND',
        'BAD_USER_INPUT',
        'VALIDATION_FAILED',
        'GRAPHQL_PARSE_FAILED',
        'BAD_REQUEST',
        null,
      ]).toContain(answer.code);
    }
  });
});

describe('what is nested without end', () => {
  const deep = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

  test.each([101, 5_000, 1_000_000])('%i levels of JSON in a variable are refused', async (levels) => {
    const body = `{"query":${JSON.stringify(create)},"variables":{"input":{"extra":${deep(levels)}}}}`;
    expect(await post(body)).toMatchObject({ code: levels < 300 ? 'BAD_USER_INPUT' : 'LIMIT_EXCEEDED' });
  });

  test('in the document, and as records inside of records, it is refused', async () => {
    const literal = await post(
      JSON.stringify({ query: `mutation { createThing(input: { extra: ${deep(3000)} }) { thing { id } } }` }),
    );
    expect([200, 400]).toContain(literal.status);
    expect(literal.code).not.toBe('INTERNAL');
    let input: object = {};
    for (let level = 0; level < 41; level += 1) input = { parent: { create: input } };
    expectClear(await ask(create, { input }), ['VALIDATION_FAILED']);
    const nested = `${'{"parent":{"create":'.repeat(5000)}{}${'}}'.repeat(5000)}`;
    const answer = await post(`{"query":${JSON.stringify(create)},"variables":{"input":${nested}}}`);
    expect(answer).toMatchObject({ status: 400, code: 'LIMIT_EXCEEDED' });
  });
});

test('names that every object has are names like any other, and unknown', async () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const body = `{"query":${JSON.stringify(create)},"variables":{"input":{"${name}":{"name":"polluted"}}}}`;
    const answer = await post(body);
    expect(answer.code).toBe('BAD_USER_INPUT');
    expect(answer.message).toContain(name);
  }
  expect(Object.hasOwn(Object.prototype, 'name')).toBe(false);
});

test('a text that a pattern takes longest for is answered while others are', async () => {
  const slow = ask(create, { input: { code: `${'ab'.repeat(20_000)}` } });
  const others = await Promise.all(Array.from({ length: 5 }, () => ask('{ things { totalCount } }')));
  for (const answer of others) dataOf(answer);
  expectClear(await slow, ['VALIDATION_FAILED']);
  expectClear(await ask(create, { input: { code: 'a'.repeat(500) } }), ['VALIDATION_FAILED']);
});

interface Refusal {
  readonly status: number;
  readonly code: unknown;
  readonly message: string;
  readonly violations: unknown;
}

async function post(body: string | Buffer): Promise<Refusal> {
  const { status, body: text } = await rawRequest(gateway.url, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.keys.editor}` },
    body,
  });
  const { errors = [] } = JSON.parse(text) as GraphqlAnswer;
  const { extensions, message = '' } = errors[0] ?? {};
  return { status, code: extensions?.code ?? null, message, violations: extensions?.violations };
}

function ask(text: string, variables?: object): Promise<GraphqlAnswer> {
  return gateway.ask(tenant.keys.editor, text, variables);
}

/** One error, of one of the codes, that can be read; `null`: no error is as well. */
function expectClear({ data, errors }: GraphqlAnswer, codes: readonly (string | null)[]): void {
  expect(codes).toContain(errors?.[0]?.extensions.code ?? null);
  if (errors) expect([data ?? null, JSON.stringify(errors).length < 100_000]).toEqual([null, true]);
}

function withPattern(pattern: string): object {
  const [thing] = design.entities;
  const fields = thing?.fields.map((field) =>
    field.key === 'code' ? { ...field, options: { pattern } } : field,
  );
  return { ...design, entities: [{ ...thing, fields }] };
}
