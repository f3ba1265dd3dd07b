/**
 * Two tenants with one registry: one has hidden records, the twin never had them. Whatever a role asks, both answer
 * alike; and an admin is answered differently, so the hidden records are there and the question reaches them.
 */
import { agency, fillAgency, type Ids, roleKey } from './agency.ts';
import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';

let harness: Harness;
let gateway: TestGateway;
let loaders: TestGateway;
let tenant: TestTenant;
let twin: TestTenant;
let ids: Ids;
let ann: string;
let twinAnn: string;

const claims = { email: 'ann@x.org' };

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway();
  loaders = await harness.gateway({ links: 'loaders' });
  tenant = await harness.tenant('whole', agency);
  twin = await harness.tenant('twin', agency);
  ids = await fillAgency(gateway, tenant, true);
  await fillAgency(gateway, twin, false);
  ann = await roleKey(harness, tenant, 'agent', claims);
  twinAnn = await roleKey(harness, twin, 'agent', claims);
});
afterAll(() => harness.close());

const listing = 'code title price status owner { email name }';
const byCode = 'orderBy: [{ code: ASC }]';
const byNote = 'orderBy: [{ note: ASC }]';
const byName = 'orderBy: [{ name: ASC }]';

/** Filters on listings, each an oracle for what is behind links. */
const listingFilters = [
  '{ title: { contains: "HIDDEN" } }',
  '{ not: { title: { contains: "HIDDEN" } } }',
  '{ title: { ne: "Barn" } }',
  '{ price: { gt: 350 } }',
  '{ price: { isNull: false } }',
  '{ code: { in: ["a1", "p2", "h1"] } }',
  '{ code: { eq: "h1" } }',
  '{ owner: { isNull: true } }',
  '{ owner: { isNull: false } }',
  '{ owner: { name: { contains: "HIDDEN" } } }',
  '{ owner: { name: { ne: "Pat" } } }',
  '{ owner: { email: { eq: "hid@x.org" } } }',
  '{ not: { owner: { email: { eq: "pat@x.org" } } } }',
  '{ owner: { isNull: true, name: { eq: "x" } } }',
  '{ viewers: { some: { name: { contains: "HIDDEN" } } } }',
  '{ viewers: { none: { name: { contains: "HIDDEN" } } } }',
  '{ viewers: { every: { name: { eq: "Pat" } } } }',
  '{ viewers: { count: { gte: 2 } } }',
  '{ viewers: { isNull: true } }',
  '{ visits: { some: { note: { eq: "one" } } } }',
  '{ owner: { listings: { some: { price: { gt: 500 } } } } }',
  '{ owner: { listings: { count: { eq: 2 } } } }',
  '{ owner: { listings: { every: { status: { eq: PUBLIC } } } } }',
  '{ or: [{ status: { eq: PRIVATE } }, { owner: { isNull: true } }] }',
];

const visitFilters = [
  '{ listing: { isNull: true } }',
  '{ listing: { isNull: false } }',
  '{ listing: { price: { gt: 500 } } }',
  '{ listing: { price: { lt: 50 } } }',
  '{ not: { listing: { price: { lt: 50 } } } }',
  '{ listing: { code: { eq: "h1" } } }',
  '{ listing: { owner: { email: { eq: "hid@x.org" } } } }',
  '{ listing: { viewers: { some: { email: { eq: "pat@x.org" } } } } }',
];

const ownerFilters = [
  '{ listings: { some: { title: { contains: "HIDDEN" } } } }',
  '{ listings: { none: { title: { contains: "HIDDEN" } } } }',
  '{ listings: { every: { price: { lt: 900 } } } }',
  '{ listings: { count: { gt: 1 } } }',
  '{ listings: { isNull: true } }',
  '{ viewed: { some: { code: { eq: "p2" } } } }',
  '{ viewed: { count: { gte: 1 } } }',
  '{ viewed: { every: { status: { eq: PUBLIC } } } }',
  '{ email: { eq: "hid@x.org" } }',
  '{ listings: { some: { visits: { some: { note: { eq: "three" } } } } } }',
];

const orders = [
  '[{ code: ASC }]',
  '[{ price: DESC }]',
  '[{ owner: { name: ASC } }, { code: ASC }]',
  '[{ owner: { name: DESC_NULLS_LAST } }, { code: DESC }]',
  '[{ owner: { email: ASC_NULLS_FIRST } }, { code: ASC }]',
];

const documents = [
  `{ listings(${byCode}) { nodes { ${listing} } totalCount pageInfo { hasNextPage hasPreviousPage } } }`,
  `{ listings(first: 2, ${byCode}) { nodes { code } pageInfo { hasNextPage } totalCount(mode: CAPPED, cap: 4) } }`,
  `{ listings(last: 1, ${byCode}) { nodes { code } pageInfo { hasPreviousPage } } }`,
  '{ listings { totalCount(mode: ESTIMATE, cap: 100) isExact } }',
  ...listingFilters.map((where) => `{ listings(where: ${where}, ${byCode}) { nodes { code } totalCount } }`),
  ...listingFilters.map((where) => `{ listingsAggregate(where: ${where}) { count } }`),
  ...visitFilters.map((where) => `{ visits(where: ${where}, ${byNote}) { nodes { note } totalCount } }`),
  ...ownerFilters.map((where) => `{ owners(where: ${where}, ${byName}) { nodes { name } totalCount } }`),
  ...orders.map((orderBy) => `{ listings(orderBy: ${orderBy}) { nodes { code } } }`),
  `{ visits(orderBy: [{ listing: { price: DESC } }, { note: ASC }]) { nodes { note listing { ${listing} } } } }`,
  `{ visits(orderBy: [{ listing: { owner: { name: ASC } } }, { note: ASC }]) { nodes { note } } }`,
  '{ owners(orderBy: [{ listings: { count: DESC } }, { name: ASC }]) { nodes { name } } }',
  '{ owners(orderBy: [{ listings: { max: { price: DESC } } }, { name: ASC }]) { nodes { name } } }',
  `{ owners(${byName}) { nodes { name listings(${byCode}) { nodes { code } totalCount } viewed(${byCode}) { nodes { code } totalCount } } } }`,
  `{ owners(${byName}) { nodes { name listings(first: 1, orderBy: [{ price: DESC }]) { nodes { code } pageInfo { hasNextPage } } } } }`,
  `{ owners(${byName}) { nodes { name listingsAggregate { count sum { price } max { price title } } } } }`,
  `{ listings(${byCode}) { nodes { code visits(${byNote}) { nodes { note } } viewers(${byName}) { nodes { name } totalCount } viewersAggregate { count } } } }`,
  `{ listings(${byCode}) { nodes { code owner { name listings(${byCode}) { nodes { code owner { name } } } } } } }`,
  `{ visits(${byNote}) { nodes { note listing { code owner { name viewed(${byCode}) { nodes { code } } } } } } }`,
  '{ listingByCode(code: "a1") { code } }',
  '{ listingByCode(code: "p2") { code } }',
  '{ listingByCode(code: "h1") { code title } }',
  '{ ownerByEmail(email: "hid@x.org") { name } }',
  '{ listingsAggregate { count sum { price } avg { price } min { price title } max { price title } } }',
  '{ listingsAggregate(groupBy: [{ status: true }]) { keys count sum { price } } }',
  '{ listingsAggregate(groupBy: [{ title: true }]) { keys count } }',
  '{ listingsAggregate(groupBy: [{ owner: { name: true } }]) { keys count } }',
  '{ listingsAggregate(groupBy: [{ status: true }], having: { count: { gt: 2 } }) { keys count } }',
  '{ listingsAggregate(groupBy: [{ status: true }], having: { max: { price: { gt: 500 } } }) { keys } }',
  '{ visitsAggregate(groupBy: [{ listing: { status: true } }]) { keys count } }',
  '{ ownersAggregate { count max { name } } }',
];

/** The same, whether what is behind links is read in one statement or by loaders. */
async function answers(asked: string, key: string): Promise<string> {
  const [one, other] = [await gateway.ask(key, asked), await loaders.ask(key, asked)];
  expect(other).toEqual(one);
  return JSON.stringify(one);
}

test('every question is answered as if the hidden records had never been', async () => {
  let reached = 0;
  const told: string[] = [];
  for (const asked of documents) {
    const [whole, without] = [await answers(asked, ann), await answers(asked, twinAnn)];
    // One that is refused tells nothing, and tests nothing.
    if (without.includes('"errors"')) told.push(`${asked}\n  refused: ${without}`);
    if (whole !== without) told.push(`${asked}\n  ${whole}\n  ${without}`);
    if (whole.includes('HIDDEN')) told.push(`${asked}\n  ${whole}`);
    const [all, twins] = [await answers(asked, tenant.keys.admin), await answers(asked, twin.keys.admin)];
    if (all !== twins) reached += 1;
  }
  expect(told).toEqual([]);
  // Nearly every one of them would have told an admin.
  expect(reached).toBeGreaterThan(documents.length * 0.7);
});

test('a hidden record looks like one that is not there, by id and as a node', async () => {
  const nobody = '0193f5a2-7c1e-7000-8000-000000000000';
  const text = `query ($id: ID!, $ids: [ID!]!) {
    listing(id: $id) { code } node(id: $id) { id } nodes(ids: $ids) { id }
    listings(where: { id: { eq: $id } }) { nodes { code } totalCount }
    visits(where: { listing: { id: { eq: $id } } }) { totalCount }
    owners(where: { listings: { some: { id: { in: $ids } } } }) { totalCount }
  }`;
  const ask = (key: string, id: string | undefined) => gateway.ask(key, text, { id, ids: [id] });
  expect(dataOf(await ask(ann, ids['h1']))).toEqual(dataOf(await ask(ann, nobody)));
  expect(dataOf(await ask(tenant.keys.admin, ids['h1']))).toMatchObject({
    listing: { code: 'h1' },
    node: { id: ids['h1'] },
    visits: { totalCount: 2 },
  });
});

test('groups by a link do not tell ids of hidden records', async () => {
  const asked = '{ visitsAggregate(groupBy: [{ listing: { id: true } }]) { keys count } }';
  expect(JSON.stringify(await gateway.ask(tenant.keys.admin, asked))).toContain(ids['h1']);
  const answer = JSON.stringify(dataOf(await gateway.ask(ann, asked)));
  expect(answer).not.toContain(ids['h1']);
  expect(answer).not.toContain(ids['p2']);
  expect(answer).toContain(ids['p1']);
});

test('a cursor of another role is none', async () => {
  const text = `query ($after: String) { listings(first: 1, after: $after, ${byCode}) { pageInfo { endCursor } nodes { code } } }`;
  const { listings } = dataOf(await gateway.ask(tenant.keys.admin, text)) as {
    listings: { pageInfo: { endCursor: string } };
  };
  const after = listings.pageInfo.endCursor;
  expect(codesOf(await gateway.ask(ann, text, { after }))).toEqual(['BAD_USER_INPUT']);
  expect(dataOf(await gateway.ask(tenant.keys.admin, text, { after }))).toMatchObject({
    listings: { nodes: [{ code: 'a2' }] },
  });
});

test('fields that may not be read are in no part of the schema', async () => {
  for (const asked of [
    '{ listings { nodes { secret } } }',
    '{ listings(where: { secret: { eq: "s" } }) { totalCount } }',
    '{ listings(orderBy: [{ secret: ASC }]) { totalCount } }',
    '{ listingsAggregate(groupBy: [{ secret: true }]) { count } }',
    '{ listingsAggregate { max { secret } } }',
    '{ owners { nodes { iban } } }',
    '{ visits(where: { listing: { owner: { iban: { isNull: false } } } }) { totalCount } }',
    // Of what a lookup shows, a row rule hides some.
    '{ listings { nodes { ownerName } } }',
    '{ listingByOwner(owner: "x", title: "y") { code } }',
  ]) {
    const [seen, all] = [await gateway.ask(ann, asked), await gateway.ask(tenant.keys.admin, asked)];
    expect([asked, codesOf(seen)]).toEqual([asked, ['GRAPHQL_VALIDATION_FAILED']]);
    expect(codesOf(all)).not.toContain('GRAPHQL_VALIDATION_FAILED');
    expect(JSON.stringify(seen)).not.toMatch(/Did you mean.*(secret|iban)/);
  }
});

test('where fields are named in a scalar, one that may not be read is as unknown as one that there is not', async () => {
  for (const asked of [
    '{ listingsAggregate(having: { max: { secret: { eq: "s" } } }) { count } }',
    '{ listingsAggregate(having: { countDistinct: { of: { secret: true }, count: { gt: 0 } } }) { count } }',
    '{ listingsAggregate(orderBy: [{ max: { secret: ASC } }]) { count } }',
    '{ listingsAggregate(groupBy: [{ code: true }], orderBy: [{ key: { secret: ASC } }]) { count } }',
    '{ owners(where: { listings: { countDistinct: { of: { secret: true }, count: { gt: 0 } } } }) { totalCount } }',
    '{ owners(orderBy: [{ listings: { max: { secret: ASC } } }]) { totalCount } }',
  ]) {
    const answers = async (key: string) => {
      const [secret, absent] = [
        await gateway.ask(key, asked),
        await gateway.ask(key, asked.replace('secret', 'absent')),
      ];
      expect([asked, codesOf(absent)]).toEqual([asked, ['BAD_USER_INPUT']]);
      return [JSON.stringify(secret), JSON.stringify(absent).replaceAll('absent', 'secret')];
    };
    const [seen, none] = await answers(ann);
    expect(seen).toBe(none);
    const [all, unknown] = await answers(tenant.keys.admin);
    expect(all).not.toBe(unknown);
  }
});

describe('without its claims', () => {
  test('an alternative that asks for one matches nothing, and the others go on', async () => {
    const nobody = await roleKey(harness, tenant, 'agent');
    expect(dataOf(await gateway.ask(nobody, `{ listings(${byCode}) { nodes { code } } }`))).toEqual({
      listings: { nodes: [{ code: 'a2' }, { code: 'h2' }, { code: 'p1' }] },
    });
  });

  test.each([
    ['not', '{ listings { totalCount } }', { email: 'ann@x.org' }, { listings: { totalCount: 4 } }],
    ['none', '{ owners { totalCount } }', { code: 'p1' }, { owners: { totalCount: 2 } }],
    ['a comparison', '{ visits { totalCount } }', { most: 100 }, { visits: { totalCount: 3 } }],
  ])('a rule with %s matches nothing', async (_, asked, known, expected) => {
    const [with_, without, wrong] = [
      await roleKey(harness, tenant, 'stranger', known),
      await roleKey(harness, tenant, 'stranger'),
      await roleKey(harness, tenant, 'stranger', { email: 5, code: 5, most: 'much' }),
    ];
    expect(dataOf(await gateway.ask(with_, asked))).toEqual(expected);
    const nothing = Object.fromEntries(Object.keys(expected).map((name) => [name, { totalCount: 0 }]));
    expect(dataOf(await gateway.ask(without, asked))).toEqual(nothing);
    expect(dataOf(await gateway.ask(wrong, asked))).toEqual(nothing);
  });
});

test('callers of one role with different claims see each their own, over the same connections', async () => {
  const keys = await Promise.all(people.map((email) => roleKey(harness, tenant, 'agent', { email })));
  const seen = await Promise.all(
    [...keys, ...keys, ...keys].map((key) => gateway.ask(key, `{ listings(${byCode}) { nodes { code } } }`)),
  );
  const codes = seen.map((answer) =>
    (dataOf(answer) as { listings: { nodes: { code: string }[] } }).listings.nodes
      .map(({ code }) => code)
      .join(),
  );
  const expected = ['a1,a2,h2,p1', 'a2,h2,p1,p2', 'a2,h1,h2,p1'];
  expect(codes).toEqual([...expected, ...expected, ...expected]);
});

const people = ['ann@x.org', 'pat@x.org', 'hid@x.org'];

test('what a rule is about is another tenant’s business only in its own tenant', async () => {
  const theirs = await roleKey(harness, twin, 'agent', { email: 'hid@x.org' });
  expect(dataOf(await gateway.ask(theirs, `{ listings(${byCode}) { nodes { code } } }`))).toEqual({
    listings: { nodes: [{ code: 'a2' }, { code: 'h2' }, { code: 'p1' }] },
  });
});
