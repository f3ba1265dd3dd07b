import {
  connectControlPlane,
  connectSystemPlane,
  readAudit,
  type SystemPlane,
  withAdmin,
} from '@formwork/pg';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';

let database: TestDatabase;
let system: SystemPlane;

beforeAll(async () => {
  database = await createTestDatabase();
  system = await connectSystemPlane({ url: database.systemUrl, by: 'ann@office' });
  await asAdmin(database, async (admin) => {
    for (const slug of ['acme', 'globex']) {
      await admin.query('insert into formwork.tenants (slug, name) values ($1, $1)', [slug]);
      await admin.query(
        `insert into formwork.trusted_documents (tenant_id, hash, document, is_recorded, recorded_by)
          select id, encode(sha256(convert_to('{ ' || slug || ' }', 'UTF8')), 'hex'), '{ ' || slug || ' }', false, 'test'
          from formwork.tenants where slug = $1`,
        [slug],
      );
    }
  });
});
afterAll(async () => {
  await system.close();
  await database.drop();
});

const job = { name: 'count', tables: ['trusted_documents'], tenants: null };

/** The SQLSTATE with which a login is refused. */
const refusalOf = (url: string, text: string): Promise<string> =>
  withAdmin(url, (client) =>
    client.query(text).then(
      () => 'allowed',
      (error: { code: string }) => error.code,
    ),
  );

const audit = () => {
  const control = connectControlPlane({ url: database.designerUrl, max: 1 });
  return readAudit(control, { last: 100 }).finally(() => control.close());
};

test('sees the rows of all tenants, where every other login sees none without a tenant', async () => {
  const documents = await system.run(job, async (sql) => {
    const rows = await sql<{ document: string }[]>`
      select document from formwork.trusted_documents order by document`;
    return { value: rows.map(({ document }) => document), outcome: { documents: rows.length } };
  });
  expect(documents).toEqual(['{ acme }', '{ globex }']);
  expect(await refusalOf(database.gatewayUrl, 'select from formwork.trusted_documents')).toBe('42704');
  expect(await refusalOf(database.designerUrl, 'select from formwork.trusted_documents')).toBe('42704');
});

test('writes down who ran what, on which tables as Postgres saw them, and how it ended', async () => {
  await system.run({ name: 'wanders', tables: ['records'], tenants: ['acme'] }, async (sql) => {
    await sql`select count(*) from formwork.tenants`;
    await sql`select count(*) from formwork.records`;
    return { value: null, outcome: { found: 3 } };
  });
  const [use] = await audit();
  expect(use).toMatchObject({
    job: 'wanders',
    by: 'ann@office',
    role: 'formwork_system',
    result: 'done',
    tables: ['records', 'tenants'],
    tenants: ['acme'],
    outcome: { found: 3 },
  });
  expect(use?.endedAt?.getTime()).toBeGreaterThanOrEqual(use?.beganAt.getTime() ?? Number.NaN);
});

test('writes down what failed, and that a job began before it did anything', async () => {
  const failing = system.run(job, async () => {
    expect((await audit())[0]).toMatchObject({ job: 'count', result: null, endedAt: null });
    throw new Error('out of luck');
  });
  await expect(failing).rejects.toThrow('out of luck');
  expect((await audit())[0]).toMatchObject({ result: 'failed', outcome: { error: 'out of luck' } });
});

test('runs no job whose beginning cannot be written', async () => {
  const work = jest.fn();
  await expect(system.run({ ...job, name: '' }, work)).rejects.toThrow(/violates check constraint/);
  expect(work).not.toHaveBeenCalled();
});

test('a job can write nothing, not even what the role may', async () => {
  const writing = system.run(job, async (sql) => {
    await sql`update formwork.usage set uses = 1`;
    return { value: null, outcome: {} };
  });
  await expect(writing).rejects.toMatchObject({ sqlstate: '25006' });
});

test.each(['records', 'record_links', 'trusted_documents', 'usage', 'tenants', 'api_keys', 'system_audit'])(
  'may not delete or truncate %s',
  async (table) => {
    expect(await refusalOf(database.systemUrl, `delete from formwork.${table}`)).toBe('42501');
    expect(await refusalOf(database.systemUrl, `truncate formwork.${table}`)).toBe('42501');
  },
);

test('may read and write what is a batch job’s business, and no designs, hashes, modes or settings', async () => {
  const { systemUrl } = database;
  expect(await refusalOf(systemUrl, "update formwork.records set data = '{}'")).toBe('allowed');
  expect(await refusalOf(systemUrl, 'update formwork.usage set uses = 1')).toBe('allowed');
  expect(await refusalOf(systemUrl, 'select hash from formwork.api_keys')).toBe('42501');
  expect(await refusalOf(systemUrl, 'select from formwork.settings')).toBe('42501');
  expect(await refusalOf(systemUrl, "update formwork.tenants set document_mode = 'off'")).toBe('42501');
  expect(await refusalOf(systemUrl, "insert into formwork.trusted_documents (document) values ('{a}')")).toBe(
    '42501',
  );
  expect(await refusalOf(systemUrl, 'update formwork.fields set label = $$x$$')).toBe('42501');
  expect(await refusalOf(systemUrl, 'create table formwork.mine ()')).toBe('42501');
  expect(await refusalOf(systemUrl, 'set role formwork_owner')).toBe('42501');
});

describe('the audit', () => {
  const changes = [
    "update formwork.system_audit set job = 'nothing'",
    'delete from formwork.system_audit',
    'delete from formwork.system_audit where false',
    'truncate formwork.system_audit',
  ];

  test.each(changes)('is not changed by any login: %s', async (text) => {
    for (const url of [database.systemUrl, database.designerUrl, database.gatewayUrl]) {
      expect(await refusalOf(url, text)).toBe('42501');
    }
  });

  test.each(changes)('is not changed by its owner or a superuser either: %s', async (text) => {
    expect(await refusalOf(database.adminUrl, text)).toBe('FW005');
    expect(await refusalOf(database.adminUrl, `set role formwork_owner; ${text}`)).toBe('FW005');
    expect(await refusalOf(database.adminUrl, `set session_replication_role = replica; ${text}`)).toBe(
      'FW005',
    );
  });

  test('cannot be written by the gateway or the designer, nor read by the gateway', async () => {
    const row = `insert into formwork.system_audit (run, event, by, job, tables)
      values (gen_random_uuid(), 'began', 'mallory', 'x', '{}')`;
    expect(await refusalOf(database.gatewayUrl, row)).toBe('42501');
    expect(await refusalOf(database.designerUrl, row)).toBe('42501');
    expect(await refusalOf(database.gatewayUrl, 'select from formwork.system_audit')).toBe('42501');
  });

  test('knows by itself who writes and when', async () => {
    const lie = `insert into formwork.system_audit (run, event, by, job, tables, at, role)
      values (gen_random_uuid(), 'began', 'mallory', 'x', '{}', '1999-01-01', 'formwork_gateway')
      returning role, at > now() - interval '1 minute' as fresh`;
    expect(await refusalOf(database.systemUrl, lie)).toBe('42501');
    const told = await withAdmin(database.adminUrl, async (admin) => (await admin.query(lie)).rows);
    expect(told).toEqual([{ role: new URL(database.adminUrl).username, fresh: true }]);
  });
});

test('a login that may more, or less, is not taken for the system role', async () => {
  await expect(connectSystemPlane({ url: database.adminUrl, by: 'x' })).rejects.toThrow(/is a superuser/);
  await expect(connectSystemPlane({ url: database.designerUrl, by: 'x' })).rejects.toThrow(
    /bound by the policies of tenants.*formwork system enable/,
  );
  await expect(connectSystemPlane({ url: database.gatewayUrl, by: 'x' })).rejects.toThrow(
    /may delete records/,
  );
});
