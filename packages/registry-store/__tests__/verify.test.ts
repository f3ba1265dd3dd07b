import { type Drift, verify } from '@formwork/registry-store';
import { airline, withField } from './airline.ts';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;
let tenant: string;
let airport: string;
let flight: string;

beforeAll(async () => {
  setup = await setUp();
});

afterAll(() => setup.close());

beforeEach(async () => {
  tenant = await setup.tenant();
  await setup.apply(tenant, withField('airport', 'serial', { type: 'autonumber' }));
  [airport] = (await setup.write(tenant, 'airport', { iata: 'TXL', city: 'Berlin' }, { iata: 'MUC' })) as [
    string,
  ];
  [flight] = (await setup.write(tenant, 'flight', {
    number: 'LH1',
    departs_at: '2026-11-21T10:00:00Z',
    origin: airport,
    status: 'planned',
    fare: { amount: 12.5, currency: 'EUR' },
  })) as [string];
  const { versions } = await setup.dataPlane.read(tenant, []);
  await setup.dataPlane.write(tenant, versions.registry, (transaction) =>
    transaction.run([
      {
        text: `insert into formwork.record_links (entity_type, field, source_id, target_id) values ('flight', 'alternates', $1, $2)`,
        values: [flight, airport],
      },
    ]),
  );
});

const found = async () => (await verify(setup.control, tenant)).map(inShort);
const inShort = ({ kind, entity, name, count, examples }: Drift) =>
  `${kind} ${entity}.${name} ${count} ${examples.join()}`;
const plant = (id: string, change: string) =>
  setup.plant(`update formwork.records set ${change} where id = $1`, id);

test('finds nothing where nothing has drifted', async () => {
  expect(await verify(setup.control, tenant)).toEqual([]);
});

test('finds nothing in slots of every kind, with and without a value', async () => {
  const own = await setup.tenant();
  const values = {
    text: 'Ångström',
    email: 'A@example.com',
    integer: 7,
    number: 0.1,
    decimal: 12.5,
    percent: 3,
    rating: 4,
    boolean: true,
    currency: { amount: 1, currency: 'EUR' },
    date: '2026-11-21',
    datetime: '2026-11-21T10:00:00.5Z',
    time: '10:00:00',
  };
  const fields = Object.keys(values).map((type) => ({ key: type, type, indexed: true }));
  const keys = [{ key: 'all', fields: ['text', 'decimal', 'date'], caseInsensitive: true, nullsEqual: true }];
  const document = { formwork: 1, entities: [{ key: 'thing', fields, keys }] };
  const { registry } = await setup.apply(own, document);
  await setup.write(own, 'thing', values, {});
  expect(registry.entities[0]?.fields.filter(({ slot }) => slot !== null)).toHaveLength(fields.length);
  expect(await verify(setup.control, own)).toEqual([]);
  await setup.plant(
    `update formwork.records set n1 = n1 + 1, d2 = null, u1 = u1 || 'x' where tenant_id = $1`,
    own,
  );
  expect((await verify(setup.control, own)).map(({ name, count }) => `${name} ${count}`)).toEqual([
    'datetime 2',
    // NaN and one more is NaN.
    'integer 1',
    'all 2',
  ]);
});

test('has nothing to say of a tenant without a registry', async () => {
  expect(await verify(setup.control, await setup.tenant())).toEqual([]);
});

test('finds a search key that is not made of the value', async () => {
  await plant(airport, `t1 = 'paris'`);
  await plant(flight, `d1 = 'infinity', n8 = 1`);
  expect(await found()).toEqual([
    `slot airport.city 1 ${airport}`,
    `slot flight.departs_at 1 ${flight}`,
    `slot flight.n8 1 ${flight}`,
  ]);
});

test('finds values that are missing, of a wrong type or unreadable, and still looks at the rest', async () => {
  await plant(airport, `data = data - 'iata' || '{"elevation": "high"}'`);
  await plant(flight, `data = data || '{"departs_at": "never", "fare": {"amount": "x"}}'`);
  expect(await found()).toEqual([
    `value airport.iata 1 ${airport}`,
    `value airport.elevation 1 ${airport}`,
    `value flight.departs_at 1 ${flight}`,
    `value flight.fare 1 ${flight}`,
  ]);
});

test('finds values that have to be unique and are not, even where the slots differ', async () => {
  const [first, second] = [
    airport,
    (
      await setup.rows(
        `select id from formwork.records where data ->> 'iata' = 'MUC' and tenant_id = $1`,
        tenant,
      )
    )[0]?.id as string,
  ];
  await plant(second, `data = data || '{"iata": "TXL"}'`);
  expect(await found()).toEqual([
    `slot airport.iata 1 ${second}`,
    `key airport.iata 2 ${[first, second].sort().join()}`,
  ]);
});

test('finds links that lead nowhere', async () => {
  await setup.plant('delete from formwork.records where id = $1', airport);
  expect(await found()).toEqual([`link flight.origin 1 ${flight}`, `link flight.alternates 1 ${flight}`]);
});

test('finds links to a record of another entity, and to a deleted one', async () => {
  await setup.plant('update formwork.record_links set target_id = $1 where source_id = $1', flight);
  await plant(airport, 'deleted_at = now(), t1 = null, u1 = null');
  expect(await found()).toEqual([`link flight.origin 1 ${flight}`, `link flight.alternates 1 ${flight}`]);
});

test('finds a link whose slot says something else than its value', async () => {
  await plant(flight, `l1 = null`);
  expect(await found()).toEqual([`slot flight.origin 1 ${flight}`]);
});

test('finds a counter that would give numbers out again', async () => {
  await setup.plant('update formwork.autonumbers set next_number = 2 where tenant_id = $1', tenant);
  expect(await found()).toEqual([expect.stringMatching(/^autonumber airport\.serial 1 /)]);
});

test.each([
  [
    'triggers',
    `update formwork.entity_storage set shape = 'true' where entity_type = 'airport' and tenant_id = $1`,
    'airport',
  ],
  [
    'triggers',
    `update formwork.entity_storage set text_keys = '{}' where entity_type = 'airport' and tenant_id = $1`,
    'airport',
  ],
  [
    'triggers',
    `delete from formwork.entity_storage where entity_type = 'airport' and tenant_id = $1`,
    'airport',
  ],
  [
    'rules',
    `update formwork.link_rules set on_delete = 'cascade' where field = 'origin' and tenant_id = $1`,
    'flight',
  ],
  ['rules', `delete from formwork.link_rules where field = 'alternates' and tenant_id = $1`, 'flight'],
])(
  'finds that what is derived for the %s is not what the registry says: %s',
  async (what, change, entity) => {
    await setup.plant(change, tenant);
    expect(await verify(setup.control, tenant)).toEqual([
      { kind: 'storage', entity, name: '', count: 1, examples: [], message: expect.stringContaining(what) },
    ]);
  },
);

test('finds a view that is missing', async () => {
  const own = await setup.tenant();
  const { registry } = await setup.apply(own, {
    formwork: 1,
    entities: [{ key: 'alone', fields: [{ key: 'a', type: 'text' }] }],
  });
  await setup.plant(`drop view formwork_views.${registry.entities[0]?.viewName}`);
  expect(await verify(setup.control, own)).toMatchObject([
    { kind: 'storage', entity: 'alone', message: expect.stringContaining('formwork registry refresh') },
  ]);
});

test('says nothing of another tenant', async () => {
  const other = await setup.tenant();
  await setup.apply(other, airline);
  await plant(airport, `t1 = 'paris'`);
  expect(await verify(setup.control, other)).toEqual([]);
  expect(await found()).toHaveLength(1);
});

test('gives five examples of many', async () => {
  await setup.write(tenant, 'airport', ...'ABCDEFGH'.split('').map((iata) => ({ iata })));
  await setup.plant(
    `update formwork.records set t1 = 'x' where tenant_id = $1 and entity_type = 'airport'`,
    tenant,
  );
  const [drift] = await verify(setup.control, tenant);
  expect([drift?.count, drift?.examples.length]).toEqual([10, 5]);
});
