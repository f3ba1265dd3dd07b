import type { EntityDocument } from '@formwork/registry';
import { verify } from '@formwork/registry-store';
import { airline, withEntity, withField } from './airline.ts';
import { documentOf, type Setup, setUp } from './setup.ts';

let setup: Setup;
let tenant: string;

beforeAll(async () => {
  setup = await setUp();
});

afterAll(() => setup.close());

beforeEach(async () => {
  tenant = await setup.tenant();
  await setup.apply(tenant, airline);
});

afterEach(async () => {
  // Whatever a change has done: nothing may have drifted.
  expect(await verify(setup.control, tenant)).toEqual([]);
});

const slots = (columns: string, entityType = 'airport') =>
  setup.rows(
    `select ${columns} from formwork.records where tenant_id = $1 and entity_type = $2
      order by created_at, data ->> 'iata' desc`,
    tenant,
    entityType,
  );

describe('a field that is indexed later', () => {
  test('has its slot filled, without a new version of the records', async () => {
    await setup.write(tenant, 'airport', { iata: 'TXL', elevation: 37 }, { iata: 'MUC' });
    const { registry } = await setup.apply(tenant, withField('airport', 'elevation', { indexed: true }));
    const field = registry.entityByKey.get('airport')?.fieldByKey.get('elevation');
    expect(field?.slot).toEqual({ column: 'n1', state: 'ready' });
    expect(await slots('n1, version')).toEqual([
      { n1: 37, version: 1 },
      { n1: Number.NaN, version: 1 },
    ]);
    const view = registry.entityByKey.get('airport')?.viewName;
    const { results } = await setup.dataPlane.read(tenant, [
      { text: `select iata from formwork_views.${view} where _elevation < 100`, values: [] },
    ]);
    expect(results).toEqual([[['TXL']]]);
  });

  test('gives its slot back when it is indexed no more', async () => {
    await setup.write(tenant, 'airport', { iata: 'TXL', city: 'Berlin' });
    await setup.apply(tenant, withField('airport', 'city', { indexed: false }));
    expect(await slots('t1')).toEqual([{ t1: null }]);
  });

  test('is filled by a job where that are more records than one change may touch', async () => {
    await setup.write(tenant, 'airport', { iata: 'TXL' }, { iata: 'MUC' });
    const change = withField('airport', 'elevation', { indexed: true });
    const { registry } = await setup.apply(tenant, change, { fillLimit: 1 });
    expect(registry.entities[0]?.fieldByKey.get('elevation')?.slot?.state).toBe('filling');
    const { registry: filled } = await setup.apply(tenant, change, { fillLimit: 2 });
    expect(filled).toEqual(registry);
  });
});

describe('a field that is made required', () => {
  test('is refused while records lack a value, with their number and five examples', async () => {
    const ids = await setup.write(tenant, 'airport', ...'ABCDEF'.split('').map((iata) => ({ iata })));
    await setup.write(tenant, 'airport', { iata: 'X', elevation: 1 });
    const { codes, messages } = await setup.refusal(
      tenant,
      withField('airport', 'elevation', { required: true }),
    );
    expect(codes).toEqual(['VALUES_MISSING at entities[0].fields[2]']);
    expect(messages).toEqual([
      'There are 6 records of "airport" without a value for "elevation", which is to be required: for example ' +
        `${ids.sort().slice(0, 5).join(', ')}. Give them a value first, or leave the field optional.`,
    ]);
  });

  test('is applied where all records have one', async () => {
    await setup.write(tenant, 'airport', { iata: 'TXL', elevation: 37 });
    await setup.apply(tenant, withField('airport', 'elevation', { required: true }));
    await expect(setup.write(tenant, 'airport', { iata: 'MUC' })).rejects.toMatchObject({
      sqlstate: 'FW010',
      detail: { entity: 'airport', fields: ['elevation'] },
    });
  });
});

describe('a choice that is removed', () => {
  const planned = { options: { choices: [{ key: 'planned' }] } };

  test('is refused while records have it', async () => {
    const [id] = await setup.write(tenant, 'flight', { number: 'LH1', status: 'flown' });
    const { codes, messages } = await setup.refusal(tenant, withField('flight', 'status', planned));
    expect(codes).toEqual(['VALUES_DO_NOT_FIT at entities[1].fields[3]']);
    expect(messages[0]).toContain(`There is 1 record of "flight" with a value of "status"`);
    expect(messages[0]).toContain(id);
  });

  test('is refused for the database too once it is applied', async () => {
    await setup.write(tenant, 'flight', { number: 'LH1', status: 'planned' });
    await setup.apply(tenant, withField('flight', 'status', planned));
    await expect(setup.write(tenant, 'flight', { number: 'LH2', status: 'flown' })).rejects.toMatchObject({
      sqlstate: 'FW010',
    });
  });
});

describe('a key that is made unique', () => {
  const unique = () => withField('airport', 'city', { unique: true });

  test('is refused while records share a value', async () => {
    await setup.write(
      tenant,
      'airport',
      { iata: 'TXL', city: 'Berlin' },
      { iata: 'SXF', city: 'Berlin' },
      { iata: 'MUC' },
    );
    const { codes, messages } = await setup.refusal(tenant, unique());
    expect(codes).toEqual(['VALUES_NOT_UNIQUE at entities[0].fields[1]']);
    expect(messages[0]).toContain(
      'There are 2 records of "airport" that share the value of the unique key "city"',
    );
  });

  test('holds from then on, for old and new records', async () => {
    await setup.write(tenant, 'airport', { iata: 'TXL', city: 'Berlin' }, { iata: 'MUC' }, { iata: 'HAM' });
    await setup.apply(tenant, unique());
    await expect(setup.write(tenant, 'airport', { iata: 'SXF', city: 'Berlin' })).rejects.toMatchObject({
      sqlstate: '23505',
    });
  });

  test('may count nulls as equal', async () => {
    await setup.write(tenant, 'flight', { number: 'LH1' }, { number: 'LH1' });
    const nullsEqual = withEntity('flight', (entity) => ({
      ...entity,
      keys: [{ key: 'by_number', fields: ['number', 'departs_at'], nullsEqual: true }],
    }));
    expect((await setup.refusal(tenant, nullsEqual)).codes).toEqual([
      'VALUES_NOT_UNIQUE at entities[1].keys[0]',
    ]);
  });

  test('may take the slot of another without a false alarm', async () => {
    // The texts cross over: filled one by one, each would meet the old text of the other.
    await setup.write(tenant, 'airport', { iata: 'A', city: 'B' }, { iata: 'B', city: 'A' });
    const swapped = withEntity('airport', (entity) => ({
      ...entity,
      fields: entity.fields.map((field) =>
        field.key === 'iata'
          ? { ...field, unique: false }
          : field.key === 'city'
            ? { ...field, unique: true }
            : field,
      ),
    }));
    // All four unique slots are in use, so the freed one is the only one.
    const others = [
      ['elevation', 'iata'],
      ['elevation', 'city'],
      ['city', 'iata'],
    ].map((fields, index) => ({
      key: `k${index}`,
      fields,
    }));
    const full = (document: typeof airline) => ({
      ...document,
      entities: document.entities.map(
        (entity): EntityDocument => (entity.key === 'airport' ? { ...entity, keys: others } : entity),
      ),
    });
    await setup.apply(tenant, full(airline));
    await setup.apply(tenant, full(swapped));
    await expect(setup.write(tenant, 'airport', { iata: 'C', city: 'B' })).rejects.toMatchObject({
      sqlstate: '23505',
    });
  });
});

describe('an autonumber that is added later', () => {
  const numbered = () => withField('airport', 'serial', { type: 'autonumber', indexed: true });

  test('numbers the records that are there, in their order, and goes on from there', async () => {
    await setup.write(tenant, 'airport', { iata: 'TXL' });
    await setup.write(tenant, 'airport', { iata: 'MUC' });
    await setup.apply(tenant, numbered());
    await setup.write(tenant, 'airport', { iata: 'HAM' });
    expect(await slots(`data ->> 'iata' as iata, data -> 'serial' as serial`)).toEqual([
      { iata: 'TXL', serial: 1 },
      { iata: 'MUC', serial: 2 },
      { iata: 'HAM', serial: 3 },
    ]);
  });
});

describe('what is removed', () => {
  test('is reported with the records that have data for it, and stays where it is', async () => {
    await setup.write(tenant, 'airport', { iata: 'TXL', elevation: 37 }, { iata: 'MUC' });
    const { leftBehind } = await setup.apply(tenant, withField('airport', 'elevation', null));
    expect(leftBehind).toEqual([{ entity: 'airport', field: 'elevation', records: 1 }]);
    expect(await slots(`data -> 'elevation' as elevation`)).toEqual([{ elevation: 37 }, { elevation: null }]);
  });

  test('lets go of the records that it linked to', async () => {
    const [airport] = await setup.write(tenant, 'airport', { iata: 'TXL' });
    const [flight] = await setup.write(tenant, 'flight', { number: 'LH1', origin: airport });
    await linkAlternate(flight as string, airport as string);
    const { leftBehind } = await setup.apply(tenant, { ...airline, entities: airline.entities.slice(0, 1) });
    expect(leftBehind).toEqual([{ entity: 'flight', field: null, records: 1 }]);
    await remove(airport as string);
    expect(await slots('id')).toEqual([]);
    expect(await slots('l1, u1', 'flight')).toEqual([{ l1: null, u1: null }]);
  });

  test('takes links to many along with their field', async () => {
    const [airport] = await setup.write(tenant, 'airport', { iata: 'TXL' });
    const [flight] = await setup.write(tenant, 'flight', { number: 'LH1' });
    await linkAlternate(flight as string, airport as string);
    const { leftBehind } = await setup.apply(tenant, withField('flight', 'alternates', null));
    expect(leftBehind).toEqual([{ entity: 'flight', field: 'alternates', records: 1 }]);
    await remove(airport as string);
  });

  test('may be a link, whose slot serves the next', async () => {
    const [airport] = await setup.write(tenant, 'airport', { iata: 'TXL' });
    await setup.write(tenant, 'flight', { number: 'LH1', origin: airport });
    await setup.apply(tenant, withField('flight', 'origin', null));
    expect(await slots('l1', 'flight')).toEqual([{ l1: null }]);
    const { registry } = await setup.apply(
      tenant,
      withField('flight', 'origin', {
        key: 'previous',
        type: 'link',
        options: { target: 'flight', inverse: null },
      }),
    );
    expect(registry.entityByKey.get('flight')?.fieldByKey.get('previous')?.slot?.column).toBe('l1');
  });
});

describe('a link to something else', () => {
  const home = (target: string) =>
    withEntity('flight', (entity) => ({
      ...entity,
      fields: entity.fields.map((field) =>
        field.type === 'link' || field.type === 'links'
          ? { ...field, options: { ...field.options, target } }
          : field,
      ),
    }));

  test('is refused while links lead elsewhere', async () => {
    const [airport] = await setup.write(tenant, 'airport', { iata: 'TXL' });
    const [flight] = await setup.write(tenant, 'flight', { number: 'LH1', origin: airport });
    await linkAlternate(flight as string, airport as string);
    const { messages } = await setup.refusal(tenant, home('flight'));
    expect(messages.join('\n')).toMatch(/"origin"/);
    expect(messages.join('\n')).toMatch(/"alternates"/);
  });
});

test('an entity with another entity of the same key later begins empty', async () => {
  await setup.write(tenant, 'airport', { iata: 'TXL' });
  await setup.apply(tenant, documentOf());
  const { registry } = await setup.apply(tenant, airline);
  const view = registry.entityByKey.get('airport')?.viewName;
  const { results } = await setup.dataPlane.read(tenant, [
    { text: `select id from formwork_views.${view}`, values: [] },
  ]);
  expect(results).toEqual([[]]);
});

async function linkAlternate(source: string, target: string): Promise<void> {
  await write({
    text: `insert into formwork.record_links (entity_type, field, source_id, target_id)
      values ('flight', 'alternates', $1, $2)`,
    values: [source, target],
  });
}

async function remove(id: string): Promise<void> {
  await write({ text: 'delete from formwork.records where id = $1', values: [id] });
}

async function write(statement: { text: string; values: string[] }): Promise<void> {
  const { versions } = await setup.dataPlane.read(tenant, []);
  await setup.dataPlane.write(tenant, versions.registry, (transaction) => transaction.run([statement]));
}
