import type { RegistryDocument } from '@formwork/registry';
import { roleKey } from './agency.ts';
import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { messagesOf } from './messages-of.ts';

/** Notes of people; a guest reads public ones, an outsider does not see what stands in them. */
const design: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'person',
      plural: 'people',
      searchable: ['name'],
      fields: [{ key: 'name', type: 'text', required: true }],
    },
    {
      key: 'note',
      plural: 'notes',
      searchable: ['title', 'text'],
      fields: [
        { key: 'title', type: 'text' },
        { key: 'text', type: 'long_text' },
        { key: 'is_public', type: 'boolean' },
        { key: 'person', type: 'link', options: { target: 'person', inverse: 'notes' } },
      ],
    },
    { key: 'tag', plural: 'tags', fields: [{ key: 'name', type: 'text' }] },
  ],
  roles: [
    {
      key: 'guest',
      permissions: [
        { entity: 'note', read: { where: { is_public: { eq: true } } } },
        { entity: 'person', read: true },
      ],
    },
    { key: 'outsider', permissions: [{ entity: 'note', read: { fields: ['title'] } }] },
  ],
};

let harness: Harness;
let tenant: TestTenant;
let other: TestTenant;
let gateway: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('notes', design);
  other = await harness.tenant('others', design);
  gateway = await harness.gateway();
  for (const [key, word] of [
    [tenant.keys.editor, 'ours'],
    [other.keys.editor, 'theirs'],
  ] as const) {
    const make = (title: string, isPublic: boolean, name: string) =>
      `createNote(input: { title: "${title} ${word}", text: "written by ${name}", isPublic: ${isPublic}, person: { create: { name: "${name}" } } }) { note { id } }`;
    const made = [
      make('Café Größe', true, 'Ann'),
      make('cafe hours', false, 'Bob'),
      make('Tea', true, 'Café Carl'),
    ];
    dataOf(await gateway.ask(key, `mutation { ${made.map((one, index) => `m${index}: ${one}`).join(' ')} }`));
  }
});
afterAll(() => harness.close());

const titles = async (key: string, search: string) => {
  const query = `query ($search: String) { notes(search: $search) { nodes { title } totalCount } }`;
  const { notes } = dataOf(await gateway.ask(key, query, { search })) as {
    notes: { nodes: { title: string }[]; totalCount: number };
  };
  expect(notes.totalCount).toBe(notes.nodes.length);
  return notes.nodes.map(({ title }) => title);
};

test('searches at the root, under each record, and in aggregates', async () => {
  const answer = await gateway.ask(
    tenant.keys.viewer,
    `{ notes(search: "CAFE", orderBy: [{ title: DESC }]) { nodes { title person { name } } }
      people(search: "a", first: 1) { nodes { name notes(search: "gro") { nodes { title } totalCount } } pageInfo { hasNextPage } }
      all: people { nodes { name notes(search: "café") { totalCount } notesAggregate(search: "written") { count } } }
      notesAggregate(search: "caf") { count } }`,
  );
  expect(dataOf(answer)).toEqual({
    notes: {
      nodes: [
        // "written by Café Carl"
        { title: 'Tea ours', person: { name: 'Café Carl' } },
        { title: 'cafe hours ours', person: { name: 'Bob' } },
        { title: 'Café Größe ours', person: { name: 'Ann' } },
      ],
    },
    people: {
      nodes: [{ name: 'Ann', notes: { nodes: [{ title: 'Café Größe ours' }], totalCount: 1 } }],
      pageInfo: { hasNextPage: false },
    },
    all: {
      nodes: [
        { name: 'Ann', notes: { totalCount: 1 }, notesAggregate: [{ count: 1 }] },
        { name: 'Bob', notes: { totalCount: 1 }, notesAggregate: [{ count: 1 }] },
        { name: 'Café Carl', notes: { totalCount: 1 }, notesAggregate: [{ count: 1 }] },
      ],
    },
    notesAggregate: [{ count: 3 }],
  });
});

test('finds what was written a moment ago, in one mutation too', async () => {
  const { editor } = tenant.keys;
  const make = 'mutation { createNote(input: { title: "ephemeral" }) { note { id } } }';
  const { createNote } = dataOf(await gateway.ask(editor, make)) as { createNote: { note: { id: string } } };
  expect(await titles(editor, 'ephem')).toEqual(['ephemeral']);
  dataOf(await gateway.ask(editor, `mutation { deleteNote(id: "${createNote.note.id}") { id } }`));
  expect(await titles(editor, 'ephem')).toEqual([]);
});

test('no tenant finds what another has', async () => {
  expect(await titles(tenant.keys.admin, 'theirs')).toEqual([]);
  expect(await titles(other.keys.admin, 'theirs')).toHaveLength(3);
  expect(await titles(other.keys.admin, 'ours')).toEqual([]);
});

test.each(['planned', 'executed'] as const)(
  'takes one message, whether something is found or not, and finds nothing of another tenant by the same plan (%s)',
  async (queries) => {
    const own = await harness.gateway({ queries });
    const ask = async (key: string, search: string) => {
      const query =
        'query ($search: String) { notes(search: $search, first: 10) { nodes { title } totalCount } }';
      const { answer, messages } = await messagesOf(own, () => own.ask(key, query, { search }));
      const { notes } = dataOf(answer) as { notes: { nodes: { title: string }[]; totalCount: number } };
      return {
        found: notes.nodes.map(({ title }) => title),
        count: notes.totalCount,
        batches: messages.length,
      };
    };
    for (const { keys } of [tenant, other]) await ask(keys.viewer, 'x');
    expect(await ask(tenant.keys.viewer, 'ours tea')).toEqual({ found: ['Tea ours'], count: 1, batches: 1 });
    expect(await ask(tenant.keys.viewer, 'theirs')).toEqual({ found: [], count: 0, batches: 1 });
    expect(await ask(other.keys.viewer, 'theirs tea')).toEqual({
      found: ['Tea theirs'],
      count: 1,
      batches: 1,
    });
    expect(await ask(other.keys.viewer, 'ours')).toEqual({ found: [], count: 0, batches: 1 });
  },
);

test('several searches of one request have each its own outcome', async () => {
  const query = `query ($none: String, $empty: String) {
    a: notes(search: "tea") { nodes { title } } b: notes(search: $none) { totalCount } c: notes(search: $empty) { totalCount }
    d: notes(search: "ours", orderBy: [{ title: ASC }], where: { isPublic: { eq: true } }) { nodes { title } } }`;
  const answer = await gateway.ask(tenant.keys.viewer, query, { none: 'nowhere', empty: '-' });
  expect(answer.errors).toMatchObject([{ path: ['c'], extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(answer.data).toBeNull();
  const { a, b, d } = dataOf(
    await gateway.ask(tenant.keys.viewer, query, { none: 'nowhere', empty: 'tea' }),
  ) as Record<string, unknown>;
  expect({ a, b, d }).toEqual({
    a: { nodes: [{ title: 'Tea ours' }] },
    b: { totalCount: 0 },
    d: { nodes: [{ title: 'Café Größe ours' }, { title: 'Tea ours' }] },
  });
});

test('a role finds among the records that it may read', async () => {
  const guest = await roleKey(harness, tenant, 'guest', {});
  expect(await titles(guest, 'cafe')).toEqual(['Café Größe ours', 'Tea ours']);
  expect(await titles(guest, 'hours')).toEqual([]);
  const query =
    '{ people { nodes { notes(search: "hours") { totalCount } } } notesAggregate(search: "hours") { count } }';
  expect(dataOf(await gateway.ask(guest, query))).toEqual({
    people: { nodes: [0, 0, 0].map((totalCount) => ({ notes: { totalCount } })) },
    notesAggregate: [{ count: 0 }],
  });
  expect(await titles(tenant.keys.viewer, 'hours')).toEqual(['cafe hours ours']);
});

test('a role that may not read all of what is looked into cannot search', async () => {
  const outsider = await roleKey(harness, tenant, 'outsider', {});
  const answer = await gateway.ask(outsider, '{ notes(search: "written") { totalCount } }');
  expect(codesOf(answer)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  expect(dataOf(await gateway.ask(outsider, '{ notes { totalCount } }'))).toEqual({
    notes: { totalCount: 3 },
  });
});

test.each([
  ['notes(search: null)', 'BAD_USER_INPUT'],
  ['notes(search: "")', 'BAD_USER_INPUT'],
  ['notes(search: "?!")', 'BAD_USER_INPUT'],
  ['tags(search: "x")', 'GRAPHQL_VALIDATION_FAILED'],
])('refuses %s', async (field, code) => {
  expect(codesOf(await gateway.ask(tenant.keys.editor, `{ ${field} { totalCount } }`))).toEqual([code]);
});

test('refuses it under each record without harm to the rest', async () => {
  const answer = await gateway.ask(
    tenant.keys.editor,
    '{ tags { totalCount } people(first: 1) { nodes { notes(search: ".") { totalCount } } } }',
  );
  expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
  expect(answer.errors?.[0]?.message).toMatch(/"search" has no word in it: "\."/);
});
