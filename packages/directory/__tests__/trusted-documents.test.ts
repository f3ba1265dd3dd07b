import { DatabaseError, type DataPlane, sql } from '@formwork/pg';
import {
  addTrustedDocuments,
  createTenant,
  findDocument,
  findTenant,
  hashOfDocument,
  listTrustedDocuments,
  parseDocumentId,
  readTrustedDocuments,
  recordDocuments,
  removeTrustedDocuments,
  setDocumentMode,
  type TenantRow,
} from '../src/index.ts';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;
let tenant: TenantRow;
let other: TenantRow;
let made = 0;

beforeAll(async () => {
  setup = await setUp();
});
afterAll(() => setup.close());
beforeEach(async () => {
  made += 1;
  tenant = await createTenant(setup.control, { slug: `acme-${made}` });
  other = await createTenant(setup.control, { slug: `globex-${made}` });
});

const add = ({ id }: TenantRow, document: string, name: string | null = null) =>
  addTrustedDocuments(setup.control, id, [{ document, name: '', id: name }], { by: 'test', limit: 3 });
const sent = (...documents: string[]) => documents.map((document) => ({ document, name: '', by: 'key:x' }));
const record = (...documents: string[]) => recordDocuments(setup.control, tenant.id, sent(...documents), 3);
const versionOf = async ({ slug }: TenantRow) => (await findTenant(setup.control, slug))?.accessVersion;

test('an id is a hash, a custom one, or none', () => {
  const hash = 'ab'.repeat(32);
  expect(parseDocumentId(hash)).toEqual({ text: hash, isHash: true });
  expect(parseDocumentId(`sha256:${hash.toUpperCase()}`)).toEqual({ text: hash, isHash: true });
  expect(parseDocumentId('0cc175b9c0f1b6a831c399e269772661')).toMatchObject({ isHash: false });
  expect(parseDocumentId('x-app:7')).toMatchObject({ isHash: false });
  for (const none of ['', ' ', 'a b', 'ü', 'a\0', 'x'.repeat(201)]) expect(parseDocumentId(none)).toBeNull();
});

test('the mode raises the access version when it changes, and only then', async () => {
  const before = (await versionOf(tenant)) ?? 0;
  expect(await setDocumentMode(setup.control, tenant.id, 'enforce')).toBe(true);
  expect(await setDocumentMode(setup.control, tenant.id, 'enforce')).toBe(false);
  expect(await versionOf(tenant)).toBe(before + 1);
  expect(await readTrustedDocuments(setup.control, tenant.id)).toEqual({ mode: 'enforce', count: 0 });
  expect((await readTrustedDocuments(setup.control, other.id)).mode).toBe('off');
});

test('what is added and removed raises it too; what changes nothing does not', async () => {
  const before = (await versionOf(tenant)) ?? 0;
  await add(tenant, '{ a }', 'one');
  await add(tenant, '{ a }', 'one');
  await removeTrustedDocuments(setup.control, tenant.id, ['nothing']);
  expect(await versionOf(tenant)).toBe(before + 1);
  await removeTrustedDocuments(setup.control, tenant.id, ['one']);
  expect(await versionOf(tenant)).toBe(before + 2);
});

test('recording keeps to the mode, to what is known, and to the limit', async () => {
  expect(await record('{ a }')).toEqual({ recorded: 0, isFull: false });
  await setDocumentMode(setup.control, tenant.id, 'record');
  expect(await record('{ a }', '{ a }', '{ b }')).toEqual({ recorded: 2, isFull: false });
  expect(await record('{ b }', '{ c }', '{ d }')).toEqual({ recorded: 1, isFull: true });
  await setDocumentMode(setup.control, tenant.id, 'enforce');
  await removeTrustedDocuments(setup.control, tenant.id, [hashOfDocument('{ a }')]);
  expect(await record('{ e }')).toEqual({ recorded: 0, isFull: false });
});

test('gateways that record at once do not pass the limit together', async () => {
  await setDocumentMode(setup.control, tenant.id, 'record');
  await Promise.all(['{ a }', '{ b }', '{ c }', '{ d }', '{ e }', '{ a }'].map((one) => record(one)));
  expect((await readTrustedDocuments(setup.control, tenant.id)).count).toBe(3);
});

test('an id stands for one document of its tenant, and each tenant has ids of its own', async () => {
  await add(tenant, '{ a }', 'main');
  expect(await add(tenant, '{ b }', 'main')).toMatchObject({
    problems: [{ index: 0, message: expect.stringMatching(/"main" stands for another document/) }],
  });
  expect(await add(other, '{ b }', 'main')).toMatchObject({ added: 1, problems: null });
  expect(await removeTrustedDocuments(setup.control, other.id, ['main'])).toEqual([hashOfDocument('{ b }')]);
  expect((await listTrustedDocuments(setup.control, tenant.id, { first: 10 })).map(({ ids }) => ids)).toEqual(
    [['main']],
  );
});

test('a document is found by its own tenant alone, and is there', async () => {
  await add(tenant, '{ secret }', 'payroll');
  const find = (plane: DataPlane, { id }: TenantRow, name: string) =>
    findDocument(plane, id, parseDocumentId(name) ?? { text: '', isHash: false }, {});
  for (const name of ['payroll', hashOfDocument('{ secret }')]) {
    expect(await find(setup.dataPlane, tenant, name)).toMatchObject({ text: '{ secret }' });
    expect(await find(setup.dataPlane, other, name)).toMatchObject({ text: null });
  }
  expect(
    await removeTrustedDocuments(setup.control, other.id, ['payroll', hashOfDocument('{ secret }')]),
  ).toEqual([]);
  expect(
    await setup.rows('select document from formwork.trusted_documents where tenant_id = $1', tenant.id),
  ).toEqual([{ document: '{ secret }' }]);
});

test('the database takes no text under another’s hash, and the gateway’s role takes none at all', async () => {
  const lie = setup.control.withTenant(
    tenant.id,
    (query) => query`insert into formwork.trusted_documents (hash, document, is_recorded, recorded_by)
      values (${hashOfDocument('{ a }')}, '{ b }', false, 'x')`,
  );
  await expect(lie).rejects.toMatchObject({ sqlstate: '23514' });
  for (const text of [
    sql`insert into formwork.trusted_documents (hash, document, is_recorded, recorded_by)
      values (${hashOfDocument('{ a }')}, '{ a }', false, 'x')`,
    sql`delete from formwork.trusted_documents`,
    sql`update formwork.tenants set document_mode = 'off'`,
  ]) {
    const { results } = await setup.dataPlane.read(tenant.id, [text]);
    expect(results[0]).toBeInstanceOf(DatabaseError);
    expect(results[0]).toMatchObject({ sqlstate: '42501' });
  }
});
