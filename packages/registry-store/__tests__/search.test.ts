import { readFile } from 'node:fs/promises';
import type { EntityDocument } from '@formwork/registry';
import { verify } from '@formwork/registry-store';
import fc from 'fast-check';
import { airline, withEntity } from './airline.ts';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;
let tenant: string;
let ids: readonly string[];

beforeAll(async () => {
  setup = await setUp();
});
afterAll(() => setup.close());

beforeEach(async () => {
  tenant = await setup.tenant();
  await setup.apply(tenant, airline);
  ids = await setup.write(
    tenant,
    'airport',
    { iata: 'TXL', city: 'Berlin Tegel' },
    { iata: 'MUC', city: 'München' },
    { iata: 'ZZZ' },
  );
});

const searching = (...searchable: string[]) => withEntity('airport', (entity) => ({ ...entity, searchable }));

/** What the gateway finds, in the order of writing. */
async function found(search: string): Promise<readonly number[]> {
  const { results } = await setup.dataPlane.read(tenant, [
    { text: `select id from formwork.search_records('airport', $1, null, false)`, values: [search] },
  ]);
  const [rows] = results;
  if (rows instanceof Error || rows === undefined) throw rows;
  return rows.map(([id]) => ids.indexOf(id ?? '')).sort();
}

/** The words of each record, in the order of writing. */
const lexemes = async () => {
  const query =
    'select words from formwork.records where tenant_id = $1 order by array_position($2::uuid[], id)';
  const rows = await setup.rows(query, tenant, ids);
  return rows.map(({ words }) => words && String(words).replaceAll(/'\d+:[0-9a-f]{4}:/g, "'"));
};

test('fills the words of records that are there, when fields are made searchable', async () => {
  expect(await found('berlin')).toEqual([]);
  await setup.apply(tenant, searching('city'));
  expect(await found('berlin')).toEqual([0]);
  expect(await found('MUNCHEN')).toEqual([1]);
  expect(await found('txl')).toEqual([]);
  await setup.apply(tenant, searching('city', 'iata'));
  expect(await found('txl berl')).toEqual([0]);
  expect(await verify(setup.control, tenant)).toEqual([]);
  expect(await lexemes()).toEqual(["'berlin':2A 'tegel':3A 'txl':5B", "'muc':4B 'munchen':2A", "'zzz':2B"]);
});

test('fills them where the same change touches the records for something else before', async () => {
  const serial = { key: 'serial', type: 'autonumber' } as const;
  const change = (entity: EntityDocument) => ({
    ...entity,
    fields: [...entity.fields, serial],
    searchable: ['city'],
  });
  await setup.apply(tenant, withEntity('airport', change));
  expect(await found('berlin')).toEqual([0]);
  expect(await verify(setup.control, tenant)).toEqual([]);
});

test('is no new version of the records', async () => {
  await setup.apply(tenant, searching('city'));
  const rows = await setup.rows('select distinct version from formwork.records where tenant_id = $1', tenant);
  expect(rows).toEqual([{ version: 1 }]);
});

test('the order of the fields is their weight', async () => {
  await setup.apply(tenant, searching('iata', 'city'));
  expect((await lexemes())[1]).toBe("'muc':2A 'munchen':4B");
  await setup.apply(tenant, searching('city', 'iata'));
  expect((await lexemes())[1]).toBe("'muc':4B 'munchen':2A");
});

test('clears them when nothing is searchable any more, and when the entity goes', async () => {
  await setup.apply(tenant, searching('city'));
  await setup.apply(tenant, airline);
  expect(await lexemes()).toEqual([null, null, null]);
  await setup.apply(tenant, searching('city'));
  await setup.apply(tenant, { formwork: 1, entities: [] });
  expect(await lexemes()).toEqual([null, null, null]);
});

test('a field that goes takes its words along', async () => {
  const renamed = (entity: EntityDocument): EntityDocument => ({
    ...entity,
    fields: entity.fields.filter(({ key }) => key !== 'city'),
    searchable: ['iata'],
  });
  await setup.apply(tenant, searching('city', 'iata'));
  await setup.apply(tenant, withEntity('airport', renamed));
  expect(await found('berlin')).toEqual([]);
  expect(await found('txl')).toEqual([0]);
});

test('refuses to fill more records than one change may', async () => {
  const { codes } = await setup.refusal(tenant, searching('city'), { fillLimit: 2 });
  expect(codes).toEqual(['TOO_MANY_RECORDS at entities']);
  expect(await lexemes()).toEqual([null, null, null]);
});

test('finds records whose words have drifted', async () => {
  await setup.apply(tenant, searching('city'));
  await setup.plant(`update formwork.records set data = data || '{"city": "Paris"}' where id = $1`, ids[0]);
  await setup.plant(`update formwork.records set words = null where id = $1`, ids[1]);
  await setup.write(tenant, 'flight', { number: 'LH1' });
  await setup.plant(
    `update formwork.records set words = '' where entity_type = 'flight' and tenant_id = $1`,
    tenant,
  );
  const drifts = (await verify(setup.control, tenant)).filter(({ kind }) => kind === 'search');
  expect(drifts).toMatchObject([
    { kind: 'search', entity: 'airport', count: 2, examples: [...ids].slice(0, 2).sort() },
    { kind: 'search', entity: 'flight', count: 1 },
  ]);
});

test('finds that the triggers do not know what is searchable', async () => {
  await setup.apply(tenant, searching('city'));
  await setup.plant('update formwork.entity_storage set search_keys = null where tenant_id = $1', tenant);
  expect((await verify(setup.control, tenant)).map(({ kind, entity }) => `${kind} ${entity}`)).toEqual([
    'storage airport',
  ]);
});

test('a database from before the search gets the words of what was marked already', async () => {
  await setup.apply(tenant, searching('city', 'iata'));
  const before = await lexemes();
  const file = await readFile(new URL('../../../sql/010.do.search.sql', import.meta.url), 'utf8');
  const block = /do \$\$[^$]*search_keys[^$]*\$\$;/.exec(file)?.[0] ?? '';
  expect(block).toContain('jsonb_array_elements_text');
  await setup.plant('update formwork.entity_storage set search_keys = null where tenant_id = $1', tenant);
  await setup.plant('update formwork.records set words = null where tenant_id = $1', tenant);
  await setup.rows(`set role formwork_owner; ${block} reset role`);
  expect(await lexemes()).toEqual(before);
  expect(await verify(setup.control, tenant)).toEqual([]);
});

test('plain text is cut into the same words by the short way as by the long one', async () => {
  const letters = fc.string({ unit: fc.constantFrom(...'abZ09-_.,& \t"\\') });
  const texts = [
    ...fc.sample(letters, 300),
    'Article number 7',
    'SKU-123',
    ' a  b ',
    '',
    ' ',
    '-',
    "O'Neill & Co.",
  ];
  const rows = await setup.rows(
    `select value from unnest($1::text[]) value where formwork.search_text(value) is distinct from
       regexp_replace(translate(lower(value collate "C"), '''\`._&', '-----'), '[^a-z0-9-]+', ' ', 'g')`,
    texts,
  );
  expect(rows).toEqual([]);
});
