/**
 * Reads that are planned once serve all tenants of a shape, and all callers of a role: so here others come right behind
 * one another, with the same document, over the same plans, and ask for each other's records.
 */
import { agency, fillAgency, type Ids, roleKey } from './agency.ts';
import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';

let harness: Harness;
let gateway: TestGateway;
let one: TestTenant;
let other: TestTenant;
let ids: Ids;

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway({ links: 'nested', queries: 'planned' });
  one = await harness.tenant('one', agency);
  other = await harness.tenant('other', agency);
  ids = await fillAgency(gateway, one, true);
  await fillAgency(gateway, other, false);
});
afterAll(() => harness.close());

/** Figures from the metrics: queries answered in each way, and reads that were planned. */
async function figures() {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const of = (name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1] ?? 0,
    );
  return {
    planned: of('formwork_queries_total{way="planned"}'),
    executed: of('formwork_queries_total{way="executed"}'),
    plans: of('formwork_plans_made'),
  };
}

/** What the figures grew by. */
async function growth(work: () => Promise<void>) {
  const before = await figures();
  await work();
  const after = await figures();
  return {
    planned: after.planned - before.planned,
    executed: after.executed - before.executed,
    plans: after.plans - before.plans,
  };
}

const list =
  'query ($price: Int) { listings(where: { price: { gte: $price } }, orderBy: [{ code: ASC }]) { nodes { code } } }';

const codes = (answer: Record<string, unknown>) =>
  (answer['listings'] as { nodes: { code: string }[] }).nodes.map(({ code }) => code).join();

test('tenants of one shape share a plan, whatever their values, and see each its own records', async () => {
  const admin = one.keys.admin;
  const all = codes(dataOf(await gateway.ask(admin, list, { price: 0 })));
  const grown = await growth(async () => {
    const theirs = codes(dataOf(await gateway.ask(other.keys.admin, list, { price: 0 })));
    const few = codes(dataOf(await gateway.ask(admin, list, { price: 350 })));
    expect([all.includes('h1'), theirs.includes('h1'), all.startsWith(few)]).toEqual([true, false, false]);
    expect(few.length).toBeLessThan(all.length);
  });
  expect(grown).toEqual({ planned: 2, executed: 0, plans: 0 });
});

test('variables that stand within an argument have their own values each time, and null or none means what it means', async () => {
  const within = `query ($price: Int, $codes: [String!], $and: ListingFilter!) {
    listings(where: { price: { gte: $price, lte: 1000 }, or: [{ code: { in: $codes } }, $and] }, orderBy: [{ code: ASC }]) {
      nodes { code } } }`;
  const ask = async (variables: Record<string, unknown>) => {
    const answer = await gateway.ask(one.keys.admin, within, variables);
    return answer.errors === undefined ? codes(dataOf(answer)) : codesOf(answer);
  };
  const [first, second] = codes(dataOf(await gateway.ask(one.keys.admin, list, { price: 0 }))).split(',');
  const and = { code: { eq: second } };
  expect(await ask({ price: 0, codes: [first], and })).toBe(`${first},${second}`);
  expect(await ask({ price: 0, codes: [first], and: { code: { eq: 'nobody' } } })).toBe(first);
  expect(await ask({ price: 1_000_000, codes: [first], and })).toBe('');
  expect(await ask({ price: 0, and })).toEqual(await ask({ price: 0, codes: null, and }));
  expect(await ask({ price: null, codes: [first], and })).toEqual(['BAD_USER_INPUT']);
  expect(await ask({ price: 0, codes: [first], and })).toBe(`${first},${second}`);
});

const reaching: readonly (readonly [string, string])[] = [
  ['by id', 'query ($id: ID!) { found: listing(id: $id) { code } }'],
  ['by a key', 'query ($code: String!) { found: listingByCode(code: $code) { code } }'],
  [
    'in a list',
    'query ($id: ID!) { found: listings(where: { id: { eq: $id } }) { nodes { code } totalCount } }',
  ],
  [
    'behind links',
    'query ($id: ID!) { found: owners { nodes { listings(where: { id: { eq: $id } }) { nodes { code visits { nodes { note } } } } } } }',
  ],
  [
    'in groups',
    'query ($id: ID!) { found: listingsAggregate(where: { id: { in: [$id] } }) { count max { code } } }',
  ],
];

test.each(reaching)(
  'what is planned for a tenant finds nothing of its records for another: %s',
  async (_, text) => {
    const variables = { id: ids['h1'], code: 'h1' };
    const grown = await growth(async () => {
      expect(JSON.stringify(dataOf(await gateway.ask(one.keys.admin, text, variables)))).toContain(
        '"code":"h1"',
      );
      expect(JSON.stringify(dataOf(await gateway.ask(other.keys.admin, text, variables)))).not.toContain(
        'h1',
      );
      expect(JSON.stringify(dataOf(await gateway.ask(one.keys.admin, text, variables)))).toContain(
        '"code":"h1"',
      );
    });
    expect(grown).toMatchObject({ planned: 3, executed: 0 });
  },
);

test('callers of one role share a plan, and claims are values of it', async () => {
  const keys = await Promise.all(
    ['ann@x.org', 'pat@x.org', 'hid@x.org'].map((email) => roleKey(harness, one, 'agent', { email })),
  );
  const [ann = '', ...others] = keys;
  const seen = [codes(dataOf(await gateway.ask(ann, list, { price: -1 })))];
  const grown = await growth(async () => {
    for (const key of [...others, ann]) seen.push(codes(dataOf(await gateway.ask(key, list, { price: -1 }))));
  });
  expect(grown).toEqual({ planned: 3, executed: 0, plans: 0 });
  expect(new Set(seen).size).toBe(3);
  expect(seen[3]).toBe(seen[0]);
  expect(seen[0]).not.toContain('h1');
  expect(seen[2]).toContain('h1');
});

test('a claim of another type, or none, is for the rule to say: what it says is not planned for the others', async () => {
  const [right, wrong, without] = [
    await roleKey(harness, one, 'agent', { email: 'ann@x.org' }),
    await roleKey(harness, one, 'agent', { email: 5 }),
    await roleKey(harness, one, 'agent'),
  ];
  const [mine, theirs, nobodys] = [
    await gateway.ask(right, list, { price: -1 }),
    await gateway.ask(wrong, list, { price: -1 }),
    await gateway.ask(without, list, { price: -1 }),
  ].map((answer) => codes(dataOf(answer)));
  expect(theirs).toBe(nobodys);
  expect(mine).not.toBe(nobodys);
});

test('two roles with one SDL and other rules have plans of their own', async () => {
  const seeing = (where: object) => ({ entity: 'thing', read: { fields: ['name'], where } });
  const tenant = await harness.tenant('two-roles', {
    formwork: 1,
    entities: [{ key: 'thing', fields: [{ key: 'name', type: 'text' }] }],
    roles: [
      { key: 'first', permissions: [seeing({ name: { eq: 'a' } })] },
      { key: 'second', permissions: [seeing({ name: { eq: 'b' } })] },
    ],
  });
  const create = 'mutation { createThings(inputs: [{ name: "a" }, { name: "b" }]) { things { id } } }';
  dataOf(await gateway.ask(tenant.keys.admin, create));
  const names = [];
  for (const role of ['first', 'second', 'first', 'second']) {
    const key = await roleKey(harness, tenant, role);
    const { things } = dataOf(await gateway.ask(key, '{ things { nodes { name } } }'));
    names.push((things as { nodes: { name: string }[] }).nodes.map(({ name }) => name).join());
  }
  expect(names).toEqual(['a', 'b', 'a', 'b']);
});

test('a cursor of another tenant, or of another list, is none to a plan either', async () => {
  const page = `query ($after: String, $inner: String) { listings(first: 1, after: $after, orderBy: [{ code: ASC }]) {
    nodes { code visits(first: 1, after: $inner) { nodes { note } } } pageInfo { endCursor } } }`;
  const cursorOf = async (key: string) => {
    const { listings } = dataOf(await gateway.ask(key, page));
    return (listings as { pageInfo: { endCursor: string } }).pageInfo.endCursor;
  };
  const [mine, theirs] = [await cursorOf(one.keys.admin), await cursorOf(other.keys.admin)];
  const grown = await growth(async () => {
    dataOf(await gateway.ask(one.keys.admin, page, { after: mine }));
  });
  expect(grown).toMatchObject({ planned: 1, executed: 0 });
  expect(codesOf(await gateway.ask(one.keys.admin, page, { after: theirs }))).toEqual(['BAD_USER_INPUT']);
  expect(codesOf(await gateway.ask(one.keys.admin, page, { after: mine, inner: mine }))).toEqual([
    'BAD_USER_INPUT',
  ]);
});

test('what is wrong is refused where nothing of it is read', async () => {
  for (const [text, variables] of [
    ['query ($ids: [ID!]) { listings(where: { id: { in: $ids } }) { __typename } }', { ids: ['no id'] }],
    ['query ($after: String) { listings(after: $after) { __typename } }', { after: 'no cursor' }],
    [
      'query ($text: String) { listings(where: { owner: { isNull: true, name: { eq: $text } } }) { totalCount } }',
      { text: '\0' },
    ],
  ] as const) {
    expect([text, ...codesOf(await gateway.ask(one.keys.admin, text, variables))]).toEqual([
      text,
      'BAD_USER_INPUT',
    ]);
  }
});

test('plans are dropped when they are too many', async () => {
  const most = 400_000;
  const small = await harness.gateway({ links: 'nested', queries: 'planned', cache: most });
  const figure = async (name: string) => {
    const text = await (await fetch(`${small.url}/metrics`)).text();
    return Number(new RegExp(`${name} (\\d+)`).exec(text)?.[1]);
  };
  const lists = Array.from(
    { length: 60 },
    (_, index) => `{ listings(first: ${index + 1}) { nodes { code } } }`,
  );
  for (const text of [...lists, ...lists]) dataOf(await small.ask(one.keys.admin, text));
  expect(await figure('formwork_plans_made')).toBeGreaterThan(lists.length);
  expect(await figure('formwork_cache_bytes')).toBeGreaterThan(most / 4);
  expect(await figure('formwork_cache_bytes')).toBeLessThanOrEqual(most);
});

test('a JSON value in a variable is never taken for the shape of another', async () => {
  const tenant = await harness.tenant('json', {
    formwork: 1,
    entities: [
      {
        key: 'thing',
        fields: [
          { key: 'name', type: 'text' },
          { key: 'data', type: 'json' },
        ],
      },
    ],
  });
  const values = [{ 'a:true b': true }, { a: true, b: true }, { eq: { a: true } }, { a: null }, true, null];
  const create =
    'mutation ($inputs: [CreateThingInput!]!) { createThings(inputs: $inputs) { things { id } } }';
  const inputs = values.map((data, index) => ({ name: String(index), data }));
  dataOf(await gateway.ask(tenant.keys.admin, create, { inputs }));
  const text = 'query ($where: ThingFilter) { things(where: $where) { nodes { name data } } }';
  for (const [index, data] of values.slice(0, -1).entries()) {
    const { things } = dataOf(await gateway.ask(tenant.keys.admin, text, { where: { data: { eq: data } } }));
    expect(things).toEqual({ nodes: [{ name: String(index), data }] });
  }
});
