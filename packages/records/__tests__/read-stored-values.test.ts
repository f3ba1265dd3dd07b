import type { FieldType, Registry, RegistryDocument } from '@formwork/registry';
import { loadRegistry, toStoredRegistry } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import { compileView } from '@formwork/view-compiler';
import type { Records } from '../src/contract.ts';
import { createRecords } from '../src/records.ts';
import { createReadHarness, everything, idOf, type ReadHarness } from './read-harness.ts';

const choices = [{ key: 'done', label: 'Done' }];

/** By type: a value as JSON, and what is shown of it. */
const samples: readonly (readonly [FieldType, json: string, shown: unknown])[] = [
  ['integer', '5', 5],
  ['number', '0.5', 0.5],
  ['percent', '12.5', 12.5],
  ['rating', '3', 3],
  ['decimal', '12345678901234567890.10', '12345678901234567890.10'],
  ['currency', '{"amount": 12.50, "currency": "EUR"}', { amount: '12.50', currency: 'EUR' }],
  ['boolean', 'true', true],
  ['date', '"2024-02-29"', '2024-02-29'],
  ['datetime', '"2026-11-21T10:00:00.5Z"', '2026-11-21T10:00:00.5Z'],
  ['time', '"10:00:00.5"', '10:00:00.5'],
  ['multi_select', '["done"]', ['DONE']],
];

/** No value of any of these types, whoever has put it there. */
const garbage = ['null', '""', '" 5"', '"huge"', '{}', '[]', '{"amount": "1", "currency": "EUR"}', '"\\n"'];

const document: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'thing',
      plural: 'things',
      fields: samples.map(([type]) => ({
        key: type,
        type,
        ...(type === 'multi_select' ? { options: { choices } } : {}),
      })),
    },
  ],
};
const fields = samples.map(([type]) => type.replace(/_(.)/, (_, letter: string) => letter.toUpperCase()));

let harness: ReadHarness;
/** The same tenant as it is while it reads through a view of the first format, which has no data. */
let before: Registry;

beforeAll(async () => {
  harness = await createReadHarness(document);
  const stored = toStoredRegistry(harness.registry);
  before = loadRegistry({
    ...stored,
    entityTypes: stored.entityTypes.map((row) => ({ ...row, viewName: 'v_of_the_first_format' })),
  });
  const [entity] = before.entities;
  if (entity === undefined) throw new Error('one entity');
  const text = compileView(entity).text.replace(/^ {2}data,\n/m, '');
  expect(text).not.toMatch(/^ {2}data,/m);
  await harness.insert('thing', [
    { id: idOf(0), data: `{${samples.map(([type, json]) => `"${type}": ${json}`).join()}}` },
    { id: idOf(1), data: {} },
  ]);
  await asAdmin(harness.database, async (client) => {
    await client.query('begin; set local role formwork_designer');
    await client.query(text);
    await client.query('reset role; set local session_replication_role = replica');
    await client.query(
      `insert into formwork.records (tenant_id, id, entity_type, data)
        select $1, ('00000000-0000-7000-8000-0001' || lpad(to_hex(number), 8, '0'))::uuid, 'thing',
          (select jsonb_object_agg(type, value::jsonb) from unnest($2::text[]) type)
        from unnest($3::text[]) with ordinality v (value, number)`,
      [harness.tenantId, samples.map(([type]) => type), garbage],
    );
    await client.query('commit');
  });
});
afterAll(() => harness.close());

const ways = [
  ['the data', () => harness.records()],
  ['the columns of a view that does not show it', () => recordsOf(before)],
] as const;

test.each(ways)('reads values of every type out of %s', async (_, recordsFor) => {
  const records = recordsFor();
  const nodes = await Promise.all([0, 1].map((number) => records.byId('Thing', idOf(number), { fields })));
  expect(nodes.map((node) => node && Object.values(node.values))).toEqual([
    samples.map(([, , shown]) => shown),
    samples.map(() => null),
  ]);
});

test.each(ways)('shows as no value what is none of the type, out of %s', async (_, recordsFor) => {
  const records = recordsFor();
  for (const [index] of garbage.entries()) {
    const node = await records.byId('Thing', idOf(index + 1, 1), { fields });
    const shown = Object.entries(node?.values ?? {}).filter(([, value]) => value !== null);
    // An empty list is a list of choices.
    expect([garbage[index], shown]).toEqual([
      garbage[index],
      garbage[index] === '[]' ? [['multiSelect', []]] : [],
    ]);
  }
});

test.each(ways)('adds up what is a number and passes over what is none, out of %s', async (_, recordsFor) => {
  const names = ['decimal', 'integer', 'number'];
  const [group] = await recordsFor().aggregate(
    'Thing',
    {},
    { keys: false, count: true, countDistinct: [], sum: names, avg: names, min: names, max: names },
  );
  const each = { decimal: '12345678901234567890.10', integer: 5, number: 0.5 };
  expect(group).toMatchObject({ count: garbage.length + 2, sum: each, min: each, max: each });
  expect(group?.avg).toEqual({ ...each, decimal: '12345678901234567890.1' });
});

test('names in the statement what is selected and nothing else of the data', async () => {
  harness.counter.reset();
  await harness
    .records()
    .connection('Thing', {}, { ...everything, node: { fields: ['decimal'] }, totalCount: false });
  const text = harness.counter.statements.at(-1) ?? '';
  expect(text).toContain(`"data" ->> 'decimal'`);
  expect(text.match(/"data"/g)).toHaveLength(1);
});

function recordsOf(registry: Registry): Records {
  return createRecords({
    registry,
    tenantId: harness.tenantId,
    execute: async (statements) => (await harness.dataPlane.read(harness.tenantId, statements)).results,
    cursorSecret: 'secret',
    actor: 'key:test',
    role: 'viewer',
    mode: 'query',
  });
}
