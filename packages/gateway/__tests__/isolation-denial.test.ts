/**
 * What one tenant can do to keep the gateway busy. It is refused before it costs anything, or bounded; another tenant is
 * answered meanwhile, and memory does not grow with what is thrown at it. No time is asserted.
 */
import { connect, type Socket } from 'node:net';
import type { RegistryDocument } from '@formwork/registry';
import { defaultLimits } from '@formwork/registry';
import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { rawRequest } from './raw-request.ts';

const people: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'person',
      plural: 'people',
      searchable: ['name'],
      fields: [
        { key: 'name', type: 'text', indexed: true },
        { key: 'word', type: 'text', options: { pattern: '^[a-z]+ [a-z]+$' } },
        { key: 'extra', type: 'json' },
        { key: 'friend', type: 'link', options: { target: 'person', inverse: 'admirers' } },
        { key: 'peers', type: 'links', options: { target: 'person', inverse: 'peer_of' } },
      ],
    },
  ],
};

let harness: Harness;
let gateway: TestGateway;
let attacker: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway({ logLevel: 'silent' });
  attacker = await harness.tenant('attacker', people);
  other = await harness.tenant('other', people);
  dataOf(
    await gateway.ask(
      other.keys.admin,
      'mutation { createPerson(input: { name: "Olga" }) { person { id } } }',
    ),
  );
  const names = Array.from({ length: 20 }, (_, n) => `{ name: "p${n}" }`);
  const made = dataOf(
    await gateway.ask(
      attacker.keys.admin,
      `mutation { createPeople(inputs: [${names.join()}]) { people { id } } }`,
    ),
  ) as { createPeople: { people: { id: string }[] } };
  const ids = made.createPeople.people.map(({ id }) => `{ id: "${id}" }`);
  dataOf(
    await gateway.ask(
      attacker.keys.admin,
      `mutation { updatePeople(where: { id: { isNull: false } }, input: { friend: ${ids[0]}, peers: { set: [${ids.join()}] } }, atMost: 100) { people { id } } }`,
    ),
  );
});
afterAll(() => harness.close());

const ask = (query: string, variables?: object) => gateway.ask(attacker.keys.admin, query, variables);

/** Another tenant's answer, asked while something is thrown at the gateway. */
async function othersAnswer(): Promise<void> {
  expect(dataOf(await gateway.ask(other.keys.viewer, '{ people { nodes { name } } }'))).toEqual({
    people: { nodes: [{ name: 'Olga' }] },
  });
}

/** Runs the attack many times at once, and the other tenant beside it. */
async function underAttack<T>(times: number, attack: (n: number) => Promise<T>): Promise<T[]> {
  const attacks = Promise.all(Array.from({ length: times }, (_, n) => attack(n)));
  await othersAnswer();
  const outcomes = await attacks;
  await othersAnswer();
  return outcomes;
}

const nest = (depth: number, field: string) =>
  `{ people(first: 1000) { nodes ${`{ ${field} { nodes `.repeat(depth)}{ name }${' } }'.repeat(depth)} } }`;

test('cycles of links are bounded by depth, and by the records of an answer', async () => {
  const answers = await underAttack(5, () => ask(nest(12, 'peers(first: 1000)')));
  for (const answer of answers) expect(codesOf(answer)).toEqual(['LIMIT_EXCEEDED']);
  // 20 to the power of 6 records, which is within the depth.
  const wide = await underAttack(3, () => ask(nest(5, 'peers(first: 1000)')));
  for (const answer of wide) expect(codesOf(answer)[0]).toMatch(/^(LIMIT_EXCEEDED|TIMEOUT)$/);
});

test.each([
  ['10,000 aliases', `{ ${Array.from({ length: 10_000 }, (_, n) => `a${n}: __typename`).join(' ')} }`],
  ['10,000 root fields', `{ ${'people { totalCount } '.repeat(2_000)} }`],
  ['a document that is too long', `{ people { totalCount } } # ${'x'.repeat(1_000_000)}`],
  ['braces without end', '{ a '.repeat(20_000)],
  ['lists without end', `{ people(where: { and: ${'['.repeat(5_000)} }) { totalCount } }`],
  [
    'fragments that double',
    `{ ...F0 } ${Array.from({ length: 60 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`).join(' ')} fragment F60 on Query { __typename }`,
  ],
  ['fragments in a circle', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
  ['directives without end', `{ people ${'@skip(if: false) '.repeat(3_000)} { totalCount } }`],
  ['one field 3,000 times', `{ people { nodes { ${'name '.repeat(3_000)} } } }`],
])('%s: refused, or answered', async (_, query) => {
  const answers = await underAttack(4, () => ask(query));
  for (const answer of answers) {
    expect(codesOf(answer)).not.toContain('INTERNAL');
    expect(answer.errors === undefined || codesOf(answer).length > 0).toBe(true);
  }
});

const many = (length: number, item: unknown) => Array.from({ length }, () => item);

test.each<readonly [string, string, () => unknown]>([
  [
    'ids of nodes',
    'query ($it: [ID!]!) { nodes(ids: $it) { id } }',
    () => many(100_000, '0193f5a2-7c1e-7000-8000-000000000000'),
  ],
  [
    'conditions of a filter',
    'query ($it: [PersonFilter!]) { people(where: { or: $it }) { totalCount } }',
    () => many(20_000, { name: { contains: 'x' } }),
  ],
  [
    'orderings',
    'query ($it: [PersonOrder!]) { people(orderBy: $it) { totalCount nodes { id } } }',
    () => many(1_000, { name: 'ASC' }),
  ],
  [
    'inputs of a mutation',
    'mutation ($it: [CreatePersonInput!]!) { createPeople(inputs: $it) { people { id } } }',
    () => many(30_000, { name: 'x' }),
  ],
  [
    'links of a record',
    'mutation ($it: [PersonLinkInput!]) { createPerson(input: { peers: { add: $it } }) { person { id } } }',
    () => many(30_000, { id: '0193f5a2-7c1e-7000-8000-000000000000' }),
  ],
  [
    'a long search',
    'query ($it: String) { people(search: $it) { totalCount } }',
    () => 'a b '.repeat(100_000),
  ],
])('%s: a huge list is refused', async (_, query, it) => {
  const answers = await underAttack(2, () => ask(query, { it: it() }));
  for (const answer of answers)
    expect(['LIMIT_EXCEEDED', 'BAD_USER_INPUT', 'VALIDATION_FAILED']).toContain(codesOf(answer)[0]);
});

test('a list of 200,000 values in a filter is one parameter, and answered', async () => {
  const query = 'query ($it: [String!]) { people(where: { name: { in: $it } }) { totalCount } }';
  const answers = await underAttack(2, () => ask(query, { it: many(200_000, 'x') }));
  for (const answer of answers) expect(dataOf(answer)).toEqual({ people: { totalCount: 0 } });
});

test('JSON that nests without end is refused', async () => {
  const body = `{"query":"query ($j: JSON) { people(where: { extra: { contains: $j } }) { totalCount } }","variables":{"j":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
  const answers = await underAttack(2, () =>
    rawRequest(gateway.url, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${attacker.keys.admin}` },
      body,
    }),
  );
  for (const { status, body: text } of answers) {
    expect(status).toBeLessThan(500);
    expect(text).toContain('"errors"');
  }
});

test.each([
  '^(a+)+$',
  '^(a|a)*$',
  '^([a-z]+)*$',
  '(x+x+)+y',
  '(.*)*(.*)*(.*)*z',
  '(a?){50}a{50}',
  '^(?=(a+)+b)',
  '(a{1,1000}){1,1000}',
])('a pattern that could explode does not, or is refused: %s', async (pattern) => {
  const exploding = {
    formwork: 1,
    entities: [
      { key: 'person', plural: 'people', fields: [{ key: 'name', type: 'text', options: { pattern } }] },
    ],
  };
  const tenant = await harness.tenant(`pattern-${Buffer.from(pattern).toString('hex').slice(0, 30)}`, null);
  const isTaken = await harness.apply(tenant, exploding).then(
    () => true,
    () => false,
  );
  if (!isTaken) return;
  const answers = await underAttack(4, () =>
    gateway.ask(
      tenant.keys.admin,
      'mutation ($name: String) { createPerson(input: { name: $name }) { person { id } } }',
      {
        name: `${'a'.repeat(200)}!`,
      },
    ),
  );
  for (const answer of answers) expect(['', 'VALIDATION_FAILED']).toContain(codesOf(answer).join());
});

test('clients that send a byte now and then take no connection to Postgres and nobody’s turn', async () => {
  const { hostname, port } = new URL(gateway.url);
  const sockets: Socket[] = [];
  for (let count = 0; count < 300; count += 1) {
    const socket = connect(Number(port), hostname).on('error', () => {});
    socket.write(`POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${attacker.keys.admin}\r\n`);
    if (count % 2 === 0)
      socket.write('content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"query":');
    sockets.push(socket);
  }
  const drip = setInterval(() => {
    for (const socket of sockets) socket.write(' ');
  }, 20);
  await underAttack(20, othersAnswer);
  clearInterval(drip);
  for (const socket of sockets) socket.destroy();
  await othersAnswer();
});

test('1,000 rejected logins are all rejected, and remembered nowhere', async () => {
  const before = heapUsed();
  const keys = (n: number) =>
    [
      `fw_other_${String(n).padStart(43, 'A')}`,
      `fw_nobody-${n}_${'B'.repeat(43)}`,
      `Bearer ${n}`,
      'x'.repeat(5_000),
    ][n % 4] ?? '';
  const statuses: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const answers = await underAttack(50, (n) =>
      rawRequest(gateway.url, {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${keys(round * 50 + n)}` },
        body: '{"query":"{ __typename }"}',
      }),
    );
    statuses.push(...answers.map(({ status }) => status));
  }
  expect(statuses).toHaveLength(1000);
  expect(new Set(statuses)).toEqual(new Set([401]));
  expect(heapUsed() - before).toBeLessThan(100 * mebibyte);
});

test('as many entities as are allowed are served, beside one with as many fields; one more is refused', async () => {
  const { entities, fieldsPerEntity } = defaultLimits;
  const design = (count: number, fields: number): RegistryDocument => ({
    formwork: 1,
    entities: Array.from({ length: count }, (_, e) => ({
      key: `kind_${e}`,
      plural: `kinds_${e}`,
      fields: Array.from({ length: e === 0 ? fields : 5 }, (_, f) => ({
        key: `field_${f}`,
        type: 'text' as const,
      })),
    })),
  });
  const tenant = await harness.tenant('largest', null);
  await expect(harness.apply(tenant, design(entities + 1, 5))).rejects.toThrow();
  await expect(harness.apply(tenant, design(1, fieldsPerEntity + 1))).rejects.toThrow();
  const before = heapUsed();
  await harness.apply(tenant, design(entities, fieldsPerEntity));
  const answers = await underAttack(3, () =>
    gateway.ask(
      tenant.keys.admin,
      `{ kinds0(first: 1) { nodes { field${fieldsPerEntity - 1} } totalCount } }`,
    ),
  );
  for (const answer of answers) expect(dataOf(answer)).toEqual({ kinds0: { nodes: [], totalCount: 0 } });
  expect(heapUsed() - before).toBeLessThan(1500 * mebibyte);
}, 300_000);

const mebibyte = 1024 * 1024;
const heapUsed = () => process.memoryUsage().heapUsed;
