import { hashOfDocument } from '@formwork/directory';
import { asAdmin, createTestDatabase, createTestTenant, type TestDatabase } from '@formwork/testkit';
import { readTemplate } from '../src/templates.ts';
import { type Outcome, type RunOptions, runHere, Scratch } from './command-line.ts';

const scratch = new Scratch();
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await createTestTenant(database, 'acme', await readTemplate('marketplace'));
  await createTestTenant(database, 'globex', await readTemplate('marketplace'));
});
beforeEach(() => asAdmin(database, (admin) => admin.query('delete from formwork.trusted_documents')));
afterAll(async () => {
  await database.drop();
  scratch.remove();
});

function formwork(words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return runHere(['documents', ...words], {
    ...options,
    environment: { DATABASE_URL: database.adminUrl, ...options.environment },
  });
}

const products = 'query Products {\n  products { nodes { name } }\n}\n';
const tags = '{ tags { totalCount } }';

interface Listed {
  readonly documents: readonly { documentId: string; ids: string[]; name: string; document: string }[];
}

const listed = async (slug = 'acme') =>
  (await formwork(['list', '--tenant', slug, '--json'])).json<Listed>().documents;

test('the mode is off at first, is changed, and is told', async () => {
  expect((await formwork(['mode', '--tenant', 'acme'])).stdout).toBe(
    'Mode "off": any document runs. "acme" trusts 0 documents.\n',
  );
  expect((await formwork(['mode', '--tenant', 'acme', 'enforce', '--json'])).json()).toEqual({
    tenant: 'acme',
    mode: 'enforce',
    count: 0,
    changed: true,
  });
  expect((await formwork(['mode', '--tenant', 'acme', 'off', '--json'])).json()).toMatchObject({
    mode: 'off',
  });
  const wrong = await formwork(['mode', '--tenant', 'acme', 'on']);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/off, record, enforce/) });
});

test('a .graphql file is one document, to the letter', async () => {
  const file = scratch.file('products.graphql', products);
  expect(await formwork(['add', '--tenant', 'acme', file])).toMatchObject({
    code: 0,
    stdout: '"acme" trusts 1 document more.\n',
  });
  expect(await listed()).toMatchObject([
    { documentId: `sha256:${hashOfDocument(products)}`, ids: [], name: 'Products', document: products },
  ]);
  expect((await formwork(['add', '--tenant', 'acme', file])).stdout).toMatch(
    /0 documents more; 1 document it did/,
  );
  expect((await formwork(['list', '--tenant', 'acme'])).stdout).toMatch(
    /sha256:\w{64} {2}Products .*formwork documents add/,
  );
});

test.each([
  [
    'Relay’s map, by md5',
    { '0cc175b9c0f1b6a831c399e269772661': products, b: tags },
    ['0cc175b9c0f1b6a831c399e269772661', 'b'],
  ],
  [
    'graphql-codegen’s, by hash',
    { [hashOfDocument(products)]: products, [`sha256:${hashOfDocument(tags)}`]: tags },
    [],
  ],
  [
    'Apollo’s manifest',
    {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [
        { id: hashOfDocument(products), body: products, name: 'Products', type: 'query' },
        { id: 'tags-1', body: tags, name: '', type: 'query' },
      ],
    },
    ['tags-1'],
  ],
  ['a list of texts', [products, tags], []],
  ['a list of ids and texts', [{ id: 'p', document: products }, { query: tags }], ['p']],
])('reads %s', async (_, content, ids) => {
  const file = scratch.file('documents.json', JSON.stringify(content));
  expect((await formwork(['add', '--tenant', 'acme', file, '--json'])).json()).toMatchObject({ added: 2 });
  const found = await listed();
  expect(found.map(({ document }) => document).sort()).toEqual([products, tags].sort());
  expect(found.flatMap((one) => one.ids).sort()).toEqual([...ids].sort());
});

test('what one tenant lists another takes, ids and all', async () => {
  const file = scratch.file('more.json', JSON.stringify({ one: products, two: products, three: tags }));
  await formwork(['add', '--tenant', 'acme', file]);
  const { stdout } = await formwork(['list', '--tenant', 'acme', '--json']);
  expect(await formwork(['add', '--tenant', 'globex', '-'], { input: stdout })).toMatchObject({ code: 0 });
  const pick = (all: Listed['documents']) => all.map(({ documentId, ids }) => ({ documentId, ids }));
  expect(pick(await listed('globex'))).toEqual(pick(await listed()));
});

test('adds nothing while one document does not fit, and says which and why', async () => {
  const good = scratch.file('good.graphql', products);
  const bad = scratch.file(
    'bad.json',
    JSON.stringify({ x: '{ prodcts { nodes { id } } }', y: '{', ['f'.repeat(64)]: tags }),
  );
  const outcome = await formwork(['add', '--tenant', 'acme', good, bad]);
  expect(outcome.code).toBe(1);
  expect(outcome.stderr).toMatch(/none was added/);
  expect(outcome.stderr).toMatch(
    /bad\.json: "x": Cannot query field "prodcts".*Did you mean.*line 1, column 3/,
  );
  expect(outcome.stderr).toMatch(/bad\.json: "y": Syntax Error/);
  const lies = scratch.file('lies.json', JSON.stringify({ ['f'.repeat(64)]: tags }));
  const lied = await formwork(['add', '--tenant', 'acme', good, lies, '--json']);
  expect(lied).toMatchObject({ code: 1 });
  expect(lied.json()).toMatchObject({
    refused: [
      {
        source: expect.stringContaining('lies.json'),
        message: expect.stringMatching(/looks like the sha256/),
      },
    ],
  });
  expect(await listed()).toEqual([]);
});

test.each([
  ['a file that is not there', 'gone.graphql', null, /There is no file/],
  ['another kind of file', 'query.txt', products, /neither a .graphql file nor a .json file/],
  ['a number', 'number.json', '5', /form that is known/],
  ['a map of numbers', 'map.json', '{"a": 1}', /form that is known/],
  ['a list of numbers', 'list.json', '[1]', /form that is known/],
  ['no JSON', 'broken.json', '{', /not JSON/],
  ['nothing', 'empty.json', '{}', /no document/],
])('refuses %s', async (_, name, content, message) => {
  const file = content === null ? name : scratch.file(name, content);
  expect(await formwork(['add', '--tenant', 'acme', file])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(message),
  });
});

test('no more than the setting allows', async () => {
  const file = scratch.file('two.json', JSON.stringify([products, tags]));
  const environment = { FORMWORK_TRUSTED_DOCUMENTS: '1' };
  expect(await formwork(['add', '--tenant', 'acme', file], { environment })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/2 documents; at most 1 .*FORMWORK_TRUSTED_DOCUMENTS/),
  });
});

test('says which no longer fit the schema', async () => {
  const file = scratch.file('fits.json', JSON.stringify([products, tags]));
  await formwork(['add', '--tenant', 'acme', file]);
  expect(await formwork(['check', '--tenant', 'acme'])).toMatchObject({
    code: 0,
    stdout: 'All fit: 2 documents.\n',
  });
  await asAdmin(database, (admin) =>
    admin.query(
      `insert into formwork.trusted_documents (tenant_id, hash, document, is_recorded, recorded_by)
        select id, encode(sha256('{ gone }'), 'hex'), '{ gone }', true, 'x' from formwork.tenants where slug = 'acme'`,
    ),
  );
  expect(await formwork(['check', '--tenant', 'acme'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/sha256:\w{64}: Cannot query field "gone"/),
  });
});

test('removes by either kind of id, or all', async () => {
  const file = scratch.file(
    'three.json',
    JSON.stringify({ one: products, two: tags, three: '{ __typename }' }),
  );
  await formwork(['add', '--tenant', 'acme', file]);
  expect(
    await formwork(['remove', '--tenant', 'acme', 'one', `sha256:${hashOfDocument(tags)}`]),
  ).toMatchObject({
    stdout: '"acme" trusts 2 documents less.\n',
  });
  expect(await formwork(['remove', '--tenant', 'acme', 'one'])).toMatchObject({ code: 1 });
  expect(await formwork(['remove', '--tenant', 'acme'])).toMatchObject({ code: 2 });
  expect(await formwork(['remove', '--tenant', 'acme', 'three', '--all'])).toMatchObject({ code: 2 });
  expect((await formwork(['remove', '--tenant', 'acme', '--all', '--json'])).json()).toMatchObject({
    removed: 1,
  });
  expect(await listed()).toEqual([]);
});
