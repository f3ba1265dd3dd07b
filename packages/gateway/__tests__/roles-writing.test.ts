/** What a role may not do is refused, and nothing happens; what it may not see answers as if it were not there. */
import { agency, fillAgency, type Ids, roleKey } from './agency.ts';
import {
  codesOf,
  dataOf,
  type GraphqlAnswer,
  Harness,
  type TestGateway,
  type TestTenant,
} from './harness.ts';

let harness: Harness;
let gateway: TestGateway;
let tenant: TestTenant;
let ids: Ids;
let ann: string;
const nobody = '0193f5a2-7c1e-7000-8000-000000000000';

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway();
  tenant = await harness.tenant('agency', agency);
  ids = await fillAgency(gateway, tenant, true);
  ann = await roleKey(harness, tenant, 'agent', { email: 'ann@x.org' });
});
afterAll(() => harness.close());

/** All there is, as an admin sees it. */
async function everything(): Promise<string> {
  const text = `{ listings(orderBy: [{ id: ASC }]) { nodes { id version code title price secret owner { id } viewers(orderBy: [{ id: ASC }]) { nodes { id } } } }
    owners(orderBy: [{ id: ASC }]) { nodes { id version email } } visits(orderBy: [{ id: ASC }]) { nodes { id version note listing { id } } } }`;
  return JSON.stringify(dataOf(await gateway.ask(tenant.keys.admin, text)));
}

/** The answer of a mutation after which everything is as it was. */
async function refused(text: string, variables: object, key = ann): Promise<GraphqlAnswer> {
  const before = await everything();
  const answer = await gateway.ask(key, text, variables);
  expect(answer.errors).toBeDefined();
  expect(await everything()).toBe(before);
  return answer;
}

const told = (answer: GraphqlAnswer) =>
  (answer.errors ?? []).map(({ message, extensions }) => [message, extensions]);

/** What is told of a hidden record is, but for the id, what is told of one that is not there. */
async function looksMissing(text: string, variables: (id: string) => object, id: string): Promise<void> {
  const [hidden, missing] = [await refused(text, variables(id)), await refused(text, variables(nobody))];
  expect(JSON.stringify(told(hidden)).replaceAll(id, nobody)).toBe(JSON.stringify(told(missing)));
}

const create =
  'mutation ($input: CreateListingInput!) { createListing(input: $input) { listing { id code } } }';
const update =
  'mutation ($id: ID!, $input: UpdateListingInput!, $v: Int) { updateListing(id: $id, input: $input, ifVersion: $v) { listing { code title } } }';
const remove = 'mutation ($id: ID!, $v: Int) { deleteListing(id: $id, ifVersion: $v) { id } }';
const toAnn = { owner: { by: { email: 'ann@x.org' } } };

describe('creating', () => {
  test('is for records that the rule lets through', async () => {
    const made = dataOf(await gateway.ask(ann, create, { input: { code: 'n1', ...toAnn } }));
    expect(made).toMatchObject({ createListing: { listing: { code: 'n1' } } });
    const toPat = { owner: { id: ids['pat@x.org'] } };
    for (const input of [{ code: 'n2', ...toPat }, { code: 'n2' }]) {
      expect(codesOf(await refused(create, { input }))).toEqual(['FORBIDDEN']);
    }
  });

  test('several is all or none', async () => {
    const text =
      'mutation ($inputs: [CreateListingInput!]!) { createListings(inputs: $inputs) { listings { id } } }';
    const inputs = [{ code: 'n3', ...toAnn }, { code: 'n4' }];
    expect(codesOf(await refused(text, { inputs }))).toEqual(['FORBIDDEN']);
  });

  test('inside a link is held to the rule too', async () => {
    const text = 'mutation ($input: CreateVisitInput!) { createVisit(input: $input) { visit { note } } }';
    const input = (listing: object) => ({ input: { note: 'new', listing: { create: listing } } });
    expect(codesOf(await refused(text, input({ code: 'n5' })))).toEqual(['FORBIDDEN']);
    dataOf(await gateway.ask(ann, text, input({ code: 'n6', ...toAnn })));
  });

  test('gives defaults to fields that the role does not see', async () => {
    const { listing } = dataOf(
      await gateway.ask(tenant.keys.admin, '{ listing: listingByCode(code: "n1") { secret } }'),
    ) as { listing: { secret: string } };
    expect(listing.secret).toBe('none');
  });

  test('names a record in the way of a key only to who may see it', async () => {
    const taken = async (code: string, key = ann) =>
      (await refused(create, { input: { code, ...toAnn } }, key)).errors?.[0]?.extensions;
    expect(await taken('p1')).toMatchObject({ code: 'UNIQUE_VIOLATION', id: ids['p1'], fields: ['code'] });
    const hidden = await taken('h1');
    expect(hidden).toMatchObject({ code: 'UNIQUE_VIOLATION', id: null, fields: ['code'] });
    expect(JSON.stringify(hidden)).not.toContain(ids['h1']);
    expect(await taken('h1', tenant.keys.admin)).toMatchObject({ id: ids['h1'] });
  });
});

describe('linking', () => {
  const visit = 'mutation ($input: CreateVisitInput!) { createVisit(input: $input) { visit { id } } }';

  test('to a hidden record is linking to one that is not there', async () => {
    await looksMissing(visit, (id) => ({ input: { listing: { id } } }), ids['h1'] as string);
    await looksMissing(
      update,
      (id) => ({ id: ids['a1'], input: { viewers: { add: [{ id }] } } }),
      ids['hid@x.org'] as string,
    );
    dataOf(
      await gateway.ask(tenant.keys.admin, visit, { input: { note: 'admin', listing: { id: ids['h1'] } } }),
    );
  });

  test('by a key that a hidden record has is too', async () => {
    const byKey = (code: string) => ({ input: { listing: { by: { code } } } });
    const [hidden, missing] = [await refused(visit, byKey('h1')), await refused(visit, byKey('xx'))];
    expect(codesOf(hidden)).toEqual(['LINK_NOT_FOUND']);
    expect(JSON.stringify(told(hidden)).replaceAll('h1', 'xx')).toBe(JSON.stringify(told(missing)));
    dataOf(await gateway.ask(ann, visit, byKey('p1')));
  });

  test('and unlinking leave links to hidden records alone', async () => {
    const viewersOf = async (key: string) =>
      (
        dataOf(
          await gateway.ask(
            key,
            '{ listingByCode(code: "a1") { viewers(orderBy: [{ name: ASC }]) { nodes { name } } } }',
          ),
        ) as {
          listingByCode: { viewers: { nodes: { name: string }[] } };
        }
      ).listingByCode.viewers.nodes.map(({ name }) => name);
    expect(await viewersOf(ann)).toEqual(['Pat']);
    const change = (viewers: object) => gateway.ask(ann, update, { id: ids['a1'], input: { viewers } });
    dataOf(await change({ set: [{ id: ids['ann@x.org'] }] }));
    expect(await viewersOf(ann)).toEqual(['Ann']);
    expect(await viewersOf(tenant.keys.admin)).toEqual(['Ann', 'HIDDEN Bob']);
    dataOf(await change({ remove: [{ id: ids['hid@x.org'] }, { id: ids['ann@x.org'] }] }));
    expect(await viewersOf(tenant.keys.admin)).toEqual(['HIDDEN Bob']);
  });
});

describe('changing', () => {
  test('a hidden record is changing one that is not there', async () => {
    const id = ids['h1'] as string;
    await looksMissing(update, (one) => ({ id: one, input: { title: 'x' } }), id);
    await looksMissing(update, (one) => ({ id: one, input: { title: 'x' }, v: 99 }), id);
    // A key that is taken, a link that leads nowhere: what the record is told of comes first.
    await looksMissing(update, (one) => ({ id: one, input: { code: 'p1' } }), id);
    dataOf(await gateway.ask(tenant.keys.admin, update, { id, input: { title: 'HIDDEN Estate' } }));
  });

  test('a record that may be seen and not changed is forbidden', async () => {
    for (const code of ['p1', 'h2']) {
      expect(codesOf(await refused(update, { id: ids[code], input: { title: 'x' } }))).toEqual(['FORBIDDEN']);
    }
  });

  test('must leave the record as the rule has it', async () => {
    const away = { owner: { id: ids['pat@x.org'] } };
    expect(codesOf(await refused(update, { id: ids['a2'], input: away }))).toEqual(['FORBIDDEN']);
    expect(codesOf(await refused(update, { id: ids['a1'], input: away }))).toEqual(['FORBIDDEN']);
    expect(codesOf(await refused(update, { id: ids['a1'], input: { owner: null } }))).toEqual(['FORBIDDEN']);
    dataOf(await gateway.ask(ann, update, { id: ids['a1'], input: { title: 'Attic' } }));
  });

  test('is for the fields that the role may write', async () => {
    const text = 'mutation { updateListing(id: "x", input: { status: PUBLIC }) { listing { id } } }';
    expect(codesOf(await gateway.ask(ann, text))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  test('several touches those that may be changed, and counts no others', async () => {
    const text =
      'mutation ($where: ListingFilter!, $most: Int!) { updateListings(where: $where, input: { price: 7 }, atMost: $most) { listings { code } } }';
    const where = { price: { gte: 0 } };
    const codesOfUpdated = (answer: GraphqlAnswer) =>
      (dataOf(answer) as { updateListings: { listings: { code: string }[] } }).updateListings.listings
        .map(({ code }) => code)
        .sort();
    expect(codesOf(await refused(text, { where, most: 1 }))).toEqual(['LIMIT_EXCEEDED']);
    expect(codesOfUpdated(await gateway.ask(ann, text, { where, most: 2 }))).toEqual(['a1', 'a2']);
    const hidden = { code: { in: ['p2', 'h1', 'h2'] } };
    expect(codesOfUpdated(await gateway.ask(ann, text, { where: hidden, most: 9 }))).toEqual([]);
    const { listings } = dataOf(
      await gateway.ask(tenant.keys.admin, '{ listings(where: { price: { eq: 7 } }) { totalCount } }'),
    ) as { listings: { totalCount: number } };
    expect(listings.totalCount).toBe(2);
  });
});

describe('an upsert', () => {
  const upsert =
    'mutation ($by: ListingUniqueKey!, $input: CreateListingInput!) { upsertListing(by: $by, input: $input) { created listing { code } } }';

  test('changes what is there, and creates what is not', async () => {
    const there = await gateway.ask(ann, upsert, { by: { code: 'a1' }, input: { title: 'Attic' } });
    expect(dataOf(there)).toMatchObject({ upsertListing: { created: false } });
    const made = await gateway.ask(ann, upsert, { by: { code: 'u1' }, input: toAnn });
    expect(dataOf(made)).toMatchObject({ upsertListing: { created: true } });
  });

  test('of a record that may not be changed, or not be seen, is forbidden and names none', async () => {
    expect(codesOf(await refused(upsert, { by: { code: 'p1' }, input: { title: 'x' } }))).toEqual([
      'FORBIDDEN',
    ]);
    const hidden = await refused(upsert, { by: { code: 'h1' }, input: { title: 'x' } });
    expect(codesOf(hidden)).toEqual(['FORBIDDEN']);
    expect(JSON.stringify(hidden)).not.toContain(ids['h1']);
  });

  test('creates no record that the rule refuses', async () => {
    expect(codesOf(await refused(upsert, { by: { code: 'u2' }, input: {} }))).toEqual(['FORBIDDEN']);
  });

  test('changes no field that the role may give to new records only', async () => {
    const input = { status: 'PUBLIC' };
    const answer = await refused(upsert, { by: { code: 'a1' }, input });
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ path: ['input', 'status'] });
    dataOf(await gateway.ask(ann, upsert, { by: { code: 'u3' }, input: { ...input, ...toAnn } }));
  });
});

describe('deleting', () => {
  test('a hidden record is deleting one that is not there, and one that may be seen alone is forbidden', async () => {
    await looksMissing(remove, (id) => ({ id }), ids['h1'] as string);
    await looksMissing(remove, (id) => ({ id, v: 99 }), ids['p2'] as string);
    expect(codesOf(await refused(remove, { id: ids['p1'] }))).toEqual(['FORBIDDEN']);
  });

  test('by a filter deletes what may be deleted', async () => {
    const text = 'mutation ($where: ListingFilter!) { deleteListings(where: $where, atMost: 50) { ids } }';
    const made = dataOf(await gateway.ask(ann, create, { input: { code: 'd1', title: 'gone', ...toAnn } }));
    const where = { code: { in: ['d1', 'p1', 'p2', 'h1', 'h2'] } };
    const { createListing } = made as { createListing: { listing: { id: string } } };
    expect(dataOf(await gateway.ask(ann, text, { where }))).toEqual({
      deleteListings: { ids: [createListing.listing.id] },
    });
  });

  test('and bringing back are for the same records', async () => {
    const restore = 'mutation ($id: ID!) { restoreListing(id: $id) { listing { code } } }';
    const make = async (input: object) => {
      const made = dataOf(await gateway.ask(tenant.keys.admin, create, { input }));
      const { id } = (made as { createListing: { listing: { id: string } } }).createListing.listing;
      dataOf(await gateway.ask(tenant.keys.admin, remove, { id }));
      return id;
    };
    const [own, hidden, seen] = [
      await make({ code: 'r1', ...toAnn }),
      await make({ code: 'r2' }),
      await make({ code: 'r3', status: 'PUBLIC' }),
    ];
    dataOf(await gateway.ask(tenant.keys.admin, create, { input: { code: 'r2' } }));
    // Its place is taken, which is not told of a record that cannot be seen.
    await looksMissing(restore, (id) => ({ id }), hidden);
    expect(codesOf(await refused(restore, { id: seen }))).toEqual(['FORBIDDEN']);
    expect(dataOf(await gateway.ask(ann, restore, { id: own }))).toMatchObject({
      restoreListing: { listing: { code: 'r1' } },
    });
    expect(codesOf(await gateway.ask(tenant.keys.admin, restore, { id: hidden }))).toEqual([
      'UNIQUE_VIOLATION',
    ]);
  });
});

describe('a deletion that is restricted', () => {
  test('names the records in the way that the caller may see', async () => {
    const keeper = await roleKey(harness, tenant, 'keeper', { email: 'ann@x.org' });
    const text = 'mutation ($id: ID!) { deleteOwner(id: $id) { id } }';
    const inTheWay = async (email: string, key = keeper) => {
      const answer = await refused(text, { id: ids[email] }, key);
      expect(codesOf(answer)).toEqual(['DELETE_RESTRICTED']);
      return answer.errors?.[0];
    };
    const pats = await inTheWay('pat@x.org');
    expect(JSON.stringify(pats)).toContain(ids['p1']);
    expect(JSON.stringify(pats)).not.toContain(ids['p2']);
    expect(JSON.stringify(await inTheWay('pat@x.org', tenant.keys.admin))).toContain(ids['p2']);
    // Only hidden ones lead here: not even what they are is told.
    const hid = await inTheWay('lonely@x.org');
    expect(hid).toMatchObject({ extensions: { records: [] } });
    expect(JSON.stringify(hid)).not.toMatch(/listing/i);
    const all = await inTheWay('lonely@x.org', tenant.keys.admin);
    expect(JSON.stringify(all)).toMatch(/Listing/);
  });

  beforeAll(async () => {
    const keeper = {
      key: 'keeper',
      permissions: [
        { entity: 'owner', read: true, delete: true },
        { entity: 'listing', read: { where: { status: { eq: 'public' } } } },
      ],
    };
    await harness.apply(tenant, { ...agency, roles: [...(agency.roles ?? []), keeper] });
    const owner = 'mutation { createOwner(input: { email: "lonely@x.org" }) { owner { id } } }';
    const made = dataOf(await gateway.ask(tenant.keys.admin, owner)) as {
      createOwner: { owner: { id: string } };
    };
    ids = { ...ids, 'lonely@x.org': made.createOwner.owner.id };
    const input = { code: 'l1', owner: { id: made.createOwner.owner.id } };
    dataOf(await gateway.ask(tenant.keys.admin, create, { input }));
  });
});

test('what is written is written by all of a mutation or none, a refusal at its end included', async () => {
  const text = `mutation ($title: UpdateListingInput!, $id: ID!, $other: ID!) {
    a: updateListing(id: $id, input: $title) { listing { id } }
    b: updateListing(id: $other, input: $title) { listing { id } }
  }`;
  const variables = { title: { title: 'both' }, id: ids['a1'], other: ids['p1'] };
  expect(codesOf(await refused(text, variables))).toEqual(['FORBIDDEN']);
});
