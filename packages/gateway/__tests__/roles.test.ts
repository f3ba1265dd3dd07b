import { createKey } from '@formwork/directory';
import type { RegistryDocument } from '@formwork/registry';
import { agency, fillAgency, roleKey } from './agency.ts';
import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';

let harness: Harness;
let gateway: TestGateway;
let tenant: TestTenant;

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway();
  tenant = await harness.tenant('agency', agency);
  await fillAgency(gateway, tenant, true);
});
afterAll(() => harness.close());

async function read(
  path: string,
  key: string,
): Promise<{ status: number; etag: string | null; text: string }> {
  const response = await fetch(`${gateway.url}${path}`, { headers: { 'x-api-key': key } });
  return { status: response.status, etag: response.headers.get('etag'), text: await response.text() };
}

test('the SDL, introspection and the JSON Schemas of entities tell a role what it may see', async () => {
  const agent = await roleKey(harness, tenant, 'agent');
  const [seen, all] = [
    await read('/schema.graphql', agent),
    await read('/schema.graphql', tenant.keys.admin),
  ];
  expect(all.text).toMatch(/iban/);
  expect(seen.text).not.toMatch(/iban|secret|ownerName|deleteOwner|createOwner/);
  expect(seen.text).toMatch(/createListing/);
  expect(seen.etag).not.toBe(all.etag);

  const introspect =
    '{ __type(name: "Owner") { fields { name } } __schema { mutationType { fields { name } } } }';
  const told = JSON.stringify(dataOf(await gateway.ask(agent, introspect)));
  expect(told).not.toMatch(/iban|deleteOwner/);
  expect(JSON.stringify(dataOf(await gateway.ask(tenant.keys.admin, introspect)))).toMatch(
    /iban.*deleteOwner/,
  );

  const entity = await read('/schema/listing.json?for=update', agent);
  const { properties } = JSON.parse(entity.text) as { properties: Record<string, { readOnly?: boolean }> };
  expect(Object.keys(properties)).toEqual(['code', 'title', 'price', 'status', 'owner', 'viewers']);
  expect(properties['status']).toMatchObject({ readOnly: true });
  expect(properties['title']).not.toHaveProperty('readOnly');
  const clerk = await roleKey(harness, tenant, 'clerk');
  expect(await read('/schema/listing.json', clerk)).toMatchObject({ status: 404 });
  expect((await read('/schema/listing.json', clerk)).text).not.toMatch(/owner/);
});

test('a role that may write nothing is told so, whatever it tries to write', async () => {
  const clerk = await roleKey(harness, tenant, 'clerk');
  for (const key of [clerk, tenant.keys.viewer]) {
    for (const text of [
      'mutation { createVisit(input: { note: "x" }) { visit { id } } }',
      'mutation ($input: CreateVisitInput!) { createVisit(input: $input) { visit { id } } }',
      'query A { __typename } mutation B { deleteVisit(id: "x") { id } }',
    ]) {
      const body = {
        query: text,
        operationName: text.includes(' B ') ? 'B' : null,
        variables: { input: {} },
      };
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': key },
        body: JSON.stringify(body),
      });
      expect(codesOf((await response.json()) as never)).toEqual(['FORBIDDEN']);
    }
  }
  expect(codesOf(await gateway.ask(clerk, '{ listings { totalCount } }'))).toEqual([
    'GRAPHQL_VALIDATION_FAILED',
  ]);
  expect(dataOf(await gateway.ask(clerk, '{ visits { totalCount } }'))).toEqual({
    visits: { totalCount: 6 },
  });
});

test('own roles may not design', async () => {
  const agent = await roleKey(harness, tenant, 'agent');
  expect(codesOf(await gateway.askDesign(agent, '{ registry { version } }'))).toEqual(['FORBIDDEN']);
});

test('a change of a role holds for the very next request, and a role that is gone opens nothing', async () => {
  const other = await harness.tenant('changing', agency);
  await fillAgency(gateway, other, true);
  const clerk = await roleKey(harness, other, 'clerk');
  const count = '{ visits { totalCount } }';
  const withClerk = (permissions: unknown): RegistryDocument => ({
    ...agency,
    roles: [{ key: 'clerk', permissions: permissions as never }],
  });
  expect(dataOf(await gateway.ask(clerk, count))).toEqual({ visits: { totalCount: 6 } });

  await harness.apply(
    other,
    withClerk([{ entity: 'visit', read: { fields: ['note'], where: { note: { eq: 'one' } } } }]),
  );
  expect(dataOf(await gateway.ask(clerk, count))).toEqual({ visits: { totalCount: 1 } });

  await harness.apply(other, withClerk([{ entity: 'owner', read: true }]));
  expect(codesOf(await gateway.ask(clerk, count))).toEqual(['GRAPHQL_VALIDATION_FAILED']);

  const { roles: _, ...without } = agency;
  await harness.apply(other, without);
  for (const text of [count, '{ __typename }', '{ __schema { queryType { name } } }', '{ nope }']) {
    const answer = await gateway.ask(clerk, text);
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    expect(answer.errors?.[0]?.message).toContain('no role "clerk" any more');
  }
  expect((await read('/schema.graphql', clerk)).status).toBe(403);

  await harness.apply(other, agency);
  expect(dataOf(await gateway.ask(clerk, count))).toEqual({ visits: { totalCount: 6 } });
});

test('a key is made of a role of its own tenant only', async () => {
  const { roles: _, ...without } = agency;
  const plain = await harness.tenant('plain', without);
  await expect(createKey(harness.control, plain.id, { role: 'agent' })).rejects.toMatchObject({
    code: 'ROLE_UNKNOWN',
  });
});

/** As design.md has it: equal SDL, and nothing of one caller's rules or slots in another's answers. */
test('two roles of two tenants with one SDL and different rules and slots share a schema, and nothing else', async () => {
  const design = (indexed: boolean, letter: string): RegistryDocument => ({
    formwork: 1,
    entities: [
      {
        key: 'word',
        fields: [
          // A field before it takes the first slot: the same values stand in other columns.
          { key: 'rank', type: 'integer', indexed },
          { key: 'text', type: 'text', indexed },
          { key: 'length', type: 'integer', indexed: true },
        ],
      },
    ],
    roles: ['first', 'second'].map((key) => ({
      key,
      permissions: [
        {
          entity: 'word',
          read: {
            where: {
              text: { startsWith: `${letter}${key === 'first' ? 'a' : 'b'}` },
              rank: { gte: { claim: 'rank' } },
            },
          },
        },
      ],
    })),
  });
  const tenants = [
    await harness.tenant('words', design(true, 'x')),
    await harness.tenant('terms', design(false, 'y')),
  ];
  const expected = new Map<string, string[]>();
  for (const [index, { id: _, ...one }] of tenants.entries()) {
    const texts = ['xa1', 'xb2', 'ya1', 'yb2', 'xa3', 'yb4'];
    const inputs = texts.map((text, rank) => ({ text, rank, length: text.length + index }));
    const make = 'mutation ($inputs: [CreateWordInput!]!) { createWords(inputs: $inputs) { words { id } } }';
    dataOf(await gateway.ask(one.keys.editor, make, { inputs }));
    for (const role of ['first', 'second']) {
      for (const rank of [0, 4]) {
        const start = `${index === 0 ? 'x' : 'y'}${role === 'first' ? 'a' : 'b'}`;
        const key = await roleKey(harness, tenants[index] as TestTenant, role, { rank });
        expected.set(
          key,
          texts.filter((text, at) => text.startsWith(start) && at >= rank),
        );
      }
    }
  }
  const sdls = await Promise.all([...expected.keys()].map((key) => read('/schema.graphql', key)));
  expect(new Set(sdls.map(({ text }) => text)).size).toBe(1);
  const text =
    '{ words(orderBy: [{ rank: ASC }], where: { length: { gt: 0 } }) { nodes { text } totalCount } }';
  const rounds = Array.from({ length: 6 }, () => [...expected]).flat();
  const answers = await Promise.all(rounds.map(([key]) => gateway.ask(key, text)));
  answers.forEach((answer, index) => {
    const words = rounds[index]?.[1] ?? [];
    const nodes = words.map((word) => ({ text: word }));
    expect(dataOf(answer)).toEqual({ words: { nodes, totalCount: words.length } });
  });
  // Both tenants have all six words.
  for (const one of tenants) {
    expect(dataOf(await gateway.ask(one.keys.admin, '{ words { totalCount } }'))).toEqual({
      words: { totalCount: 6 },
    });
  }
});
