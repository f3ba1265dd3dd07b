import { createTenant } from '@formwork/directory';
import { type ControlPlane, connectControlPlane } from '@formwork/pg';
import { createRegistryStore, type RegistryStore } from '@formwork/registry-store';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { graphql } from 'graphql';
import { designSchema } from '../src/index.ts';

const city = { key: 'city', label: 'City', type: 'text', indexed: true };
const iata = { key: 'iata', label: 'IATA code', type: 'text', required: true, unique: true };
const airports = {
  formwork: 1,
  entities: [{ key: 'airport', plural: 'airports', label: 'Airport', fields: [iata, city] }],
};

let database: TestDatabase;
let control: ControlPlane;
let store: RegistryStore;
let tenantId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  control = connectControlPlane({ url: database.designerUrl, max: 2 });
  store = createRegistryStore(control, { limits: { entities: 3 } });
});

afterAll(async () => {
  await control.close();
  await database.drop();
});

let tenants = 0;

beforeEach(async () => {
  tenants += 1;
  tenantId = (await createTenant(control, { slug: `tenant-${tenants}` })).id;
});

async function run(source: string, variableValues: Record<string, unknown> = {}) {
  const contextValue = { tenantId, actor: 'key:tester', store };
  const result = await graphql({ schema: designSchema, source, variableValues, contextValue });
  return JSON.parse(JSON.stringify(result));
}

const apply = `mutation ($document: JSON!, $expectedVersion: Int) {
  applyRegistry(document: $document, expectedVersion: $expectedVersion) {
    version changed problems { code path message } leftBehind { entity field records } registry { document }
  }
}`;

test('a tenant begins without entities, at version 0', async () => {
  expect(await run('{ registry { version document entities { key } } history { version } }')).toEqual({
    data: { registry: { version: 0, document: { formwork: 1, entities: [] }, entities: [] }, history: [] },
  });
});

test('a document that is applied is the registry, and applying it again changes nothing', async () => {
  const first = await run(apply, { document: airports, expectedVersion: 0 });
  expect(first.data.applyRegistry).toMatchObject({ version: 1, changed: true, problems: [] });
  const { document } = first.data.applyRegistry.registry;
  expect(document.entities[0].fields.map((field: { key: string }) => field.key)).toEqual(['iata', 'city']);
  expect((await run(apply, { document })).data.applyRegistry).toMatchObject({ version: 1, changed: false });
});

test('tells which roles there are and what each may do, in the keys of today', async () => {
  const permissions = [
    { entity: 'airport', read: { fields: ['iata'], where: { city: { eq: { claim: 'city' } } } } },
  ];
  const roles = [{ key: 'ground_crew', permissions }];
  await run(apply, { document: { ...airports, roles } });
  const { data } = await run(
    '{ registry { roles { key label description permissions } limits { roles { used left } } } }',
  );
  expect(data.registry).toEqual({
    roles: [{ key: 'ground_crew', label: 'Ground crew', description: '', permissions }],
    limits: { roles: { used: 1, left: 49 } },
  });
  const wrong = [{ key: 'ground_crew', permissions: [{ entity: 'airprot', read: true }] }];
  expect(
    (await run(apply, { document: { ...airports, roles: wrong } })).data.applyRegistry.problems,
  ).toMatchObject([{ code: 'TARGET_MISSING', path: 'roles[0].permissions[0].entity' }]);
});

test('a document may be written as a literal', async () => {
  const source = `mutation { applyRegistry(document: {
    formwork: 1, entities: [{ key: "airport", fields: [{ key: "iata", type: "text", options: { maxLength: 3 } }] }]
  }) { version problems { message } registry { entities { fields { key options } } } } }`;
  expect((await run(source)).data.applyRegistry).toEqual({
    version: 1,
    problems: [],
    registry: { entities: [{ fields: [{ key: 'iata', options: { maxLength: 3 } }] }] },
  });
});

test('tells how everything is called, and what is left of the limits', async () => {
  await run(apply, { document: airports });
  const { data } = await run(`{ registry {
    limits { entities { limit used left } fieldsPerEntity }
    entity(key: "airport") {
      names { type single plural } label
      fields { key name type required unique indexed isReady options }
      field(key: "city") { label }
      keys { key fields rootField isReady }
      limits { fields { left } indexedFields { used } indexes { text { limit used left } unique { used } link { used } } }
    }
    missing: entity(key: "runway") { key }
  } }`);
  expect(data.registry).toEqual({
    limits: { entities: { limit: 3, used: 1, left: 2 }, fieldsPerEntity: 250 },
    entity: {
      names: { type: 'Airport', single: 'airport', plural: 'airports' },
      label: 'Airport',
      fields: [
        {
          key: 'iata',
          name: 'iata',
          type: 'text',
          required: true,
          unique: true,
          indexed: false,
          isReady: true,
          options: {},
        },
        {
          key: 'city',
          name: 'city',
          type: 'text',
          required: false,
          unique: false,
          indexed: true,
          isReady: true,
          options: {},
        },
      ],
      field: { label: 'City' },
      keys: [{ key: 'iata', fields: ['iata'], rootField: 'airportByIata', isReady: true }],
      limits: {
        fields: { left: 248 },
        indexedFields: { used: 1 },
        indexes: { text: { limit: 8, used: 1, left: 7 }, unique: { used: 1 }, link: { used: 0 } },
      },
    },
    missing: null,
  });
});

test.each<[string, unknown, string]>([
  ['no object', 'airports', ''],
  ['of an unknown version', { ...airports, formwork: 2 }, 'formwork'],
  [
    'with a hostile key',
    { formwork: 1, entities: [{ key: '; drop table records; --', fields: [] }] },
    'entities[0].key',
  ],
  [
    'over the limit of entities',
    { formwork: 1, entities: ['a', 'b', 'c', 'd'].map((key) => ({ key, fields: [] })) },
    'entities',
  ],
])(
  'a document that is %s is refused with problems, and nothing of it is applied',
  async (_what, document, path) => {
    await run(apply, { document: airports });
    const { applyRegistry } = (await run(apply, { document })).data;
    expect(applyRegistry).toMatchObject({ version: 1, changed: false });
    expect(applyRegistry.problems.map((problem: { path: string }) => problem.path)).toContain(path);
    expect(applyRegistry.registry.document.entities).toHaveLength(1);
    const { checkRegistry } = (await run(check, { document })).data;
    expect(checkRegistry).toMatchObject({
      isApplicable: false,
      problems: applyRegistry.problems,
      changes: [],
    });
  },
);

const check = `query ($document: JSON!) { checkRegistry(document: $document) {
  version isApplicable problems { code path message } changes { kind what name message } leftBehind { entity field records }
} }`;

test('a check tells the changes, and what of the records is in the way, and changes nothing', async () => {
  await run(apply, { document: airports });
  await asAdmin(database, async (client) => {
    await client.query('begin');
    await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
    await client.query(
      `insert into formwork.records (tenant_id, entity_type, data, created_by, updated_by)
       values ($1, 'airport', '{"iata": "FRA"}', 'test', 'test'), ($1, 'airport', '{"iata": "HAM", "city": "Hamburg"}', 'test', 'test')`,
      [tenantId],
    );
    await client.query('commit');
  });
  const fields = [iata, { ...city, required: true }];
  const wrong = await run(check, {
    document: { formwork: 1, entities: [{ ...airports.entities[0], fields }] },
  });
  expect(wrong.data.checkRegistry).toMatchObject({ version: 1, isApplicable: false });
  expect(wrong.data.checkRegistry.problems[0].message).toContain(
    '1 record of "airport" without a value for "city"',
  );

  const smaller = { formwork: 1, entities: [{ ...airports.entities[0], fields: [iata] }] };
  expect((await run(check, { document: smaller })).data.checkRegistry).toMatchObject({
    isApplicable: true,
    changes: [{ kind: 'removed', what: 'field', name: 'airport.city' }],
    leftBehind: [{ entity: 'airport', field: 'city', records: 1 }],
  });
  expect((await run('{ registry { version } }')).data.registry.version).toBe(1);
  expect((await run(apply, { document: smaller })).data.applyRegistry).toMatchObject({
    version: 2,
    leftBehind: [{ entity: 'airport', field: 'city', records: 1 }],
  });
});

test('a change that was made for another version is an error with its code', async () => {
  await run(apply, { document: airports });
  const { data, errors } = await run(apply, { document: { formwork: 1, entities: [] }, expectedVersion: 0 });
  expect(data).toBeNull();
  expect(errors[0]).toMatchObject({ extensions: { code: 'SCHEMA_CHANGED' } });
  expect(errors[0].message).toContain('at version 1');
});

test('the history tells who applied what, the latest first', async () => {
  await run(apply, { document: airports });
  await run(apply, { document: { formwork: 1, entities: [] } });
  const { data } = await run(
    '{ history { version appliedBy appliedAt } one: history(first: 1) { ...v } } fragment v on RegistryVersion { document }',
  );
  expect(data.history.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
  expect(data.history[0].appliedBy).toBe('key:tester');
  expect(data.history[0].appliedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  expect(data.one).toEqual([{ document: { formwork: 1, entities: [] } }]);
});

test.each([
  [-1, 'BAD_USER_INPUT'],
  [101, 'LIMIT_EXCEEDED'],
])('%i versions at once are refused', async (first, code) => {
  const { errors } = await run('query ($first: Int!) { history(first: $first) { version } }', { first });
  expect(errors[0].extensions.code).toBe(code);
});

test("another tenant's registry and history stay out of sight", async () => {
  await run(apply, { document: airports });
  const other = tenantId;
  tenantId = (await createTenant(control, { slug: 'stranger' })).id;
  expect((await run('{ registry { version entities { key } } history { version } }')).data).toEqual({
    registry: { version: 0, entities: [] },
    history: [],
  });
  tenantId = other;
  expect((await run('{ registry { version } }')).data.registry.version).toBe(1);
});

test('gives the JSON Schema of documents', async () => {
  const { data } = await run('{ registryDocumentSchema }');
  expect(data.registryDocumentSchema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
});
