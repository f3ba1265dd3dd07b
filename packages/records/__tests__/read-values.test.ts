import { sql } from '@formwork/pg';
import type { FieldDocument, FieldType, RegistryDocument } from '@formwork/registry';
import { createReadHarness, everything, idOf, type ReadHarness } from './read-harness.ts';

const choices = [
  { key: 'in_progress', label: 'In progress' },
  { key: 'done', label: 'Done' },
];

/** For each type: what stands in `data` as JSON, and what GraphQL is given to serialise. */
const values: [FieldType, (readonly [json: string, value: unknown])[]][] = [
  [
    'text',
    [
      ['""', ''],
      [String.raw`"a'b\"c\\d%_$1"`, `a'b"c\\d%_$1`],
      ['"ÅNGSTRÖM \u{1f600} \u{10ffff}"', 'ÅNGSTRÖM \u{1f600} \u{10ffff}'],
      [JSON.stringify('\n\t\u0001{NULL}'), '\n\t\u0001{NULL}'],
    ],
  ],
  ['long_text', [[JSON.stringify('x'.repeat(100_000)), 'x'.repeat(100_000)]]],
  ['email', [['"ada@example.com"', 'ada@example.com']]],
  ['url', [['"https://example.com/?q=1"', 'https://example.com/?q=1']]],
  ['phone', [['"+49 30 901820"', '+49 30 901820']]],
  [
    'integer',
    [
      ['0', 0],
      ['-2147483648', -2147483648],
      ['2147483647', 2147483647],
    ],
  ],
  [
    'number',
    [
      ['0.1', 0.1],
      ['1.7976931348623157e308', Number.MAX_VALUE],
      ['5e-324', 5e-324],
      ['-123456789.987654321', Number('-123456789.987654321')],
      ['9007199254740993', 9007199254740992],
    ],
  ],
  ['percent', [['12.5', 12.5]]],
  ['rating', [['3', 3]]],
  [
    'decimal',
    [
      ['12.50', '12.50'],
      ['0.00000000000000000001', '0.00000000000000000001'],
      ['12345678901234567890.123456789012345678', '12345678901234567890.123456789012345678'],
      ['-0.5', '-0.5'],
    ],
  ],
  [
    'currency',
    [
      ['{"amount": 12.50, "currency": "EUR"}', { amount: '12.50', currency: 'EUR' }],
      [
        '{"currency":"JPY","amount":-123456789012345678901}',
        { amount: '-123456789012345678901', currency: 'JPY' },
      ],
    ],
  ],
  [
    'boolean',
    [
      ['true', true],
      ['false', false],
    ],
  ],
  [
    'date',
    [
      ['"0001-01-01"', '0001-01-01'],
      ['"9999-12-31"', '9999-12-31'],
      ['"2024-02-29"', '2024-02-29'],
    ],
  ],
  [
    'datetime',
    [
      ['"2026-11-21T10:00:00Z"', '2026-11-21T10:00:00Z'],
      ['"2026-11-21T10:00:00.123456Z"', '2026-11-21T10:00:00.123456Z'],
      ['"1883-11-18T12:03:58.5Z"', '1883-11-18T12:03:58.5Z'],
      ['"0001-01-01T00:00:00Z"', '0001-01-01T00:00:00Z'],
      ['"9999-12-31T23:59:59.999999Z"', '9999-12-31T23:59:59.999999Z'],
    ],
  ],
  [
    'time',
    [
      ['"00:00:00"', '00:00:00'],
      ['"23:59:59.999999"', '23:59:59.999999'],
      ['"10:00:00.5"', '10:00:00.5'],
    ],
  ],
  ['duration', [['"P1Y2M3DT4H5M6.5S"', 'P1Y2M3DT4H5M6.5S']]],
  ['select', [['"in_progress"', 'IN_PROGRESS']]],
  [
    'multi_select',
    [
      ['[]', []],
      ['["done","in_progress"]', ['DONE', 'IN_PROGRESS']],
    ],
  ],
  [
    'json',
    [
      ['{"a": [1, null, "x", {"b": false}]}', { a: [1, null, 'x', { b: false }] }],
      ['"text"', 'text'],
      ['false', false],
    ],
  ],
];

function fieldOf(type: FieldType, indexed: boolean): FieldDocument {
  return {
    key: `${type}_${indexed ? 'indexed' : 'plain'}`,
    type,
    ...(indexed ? { indexed } : {}),
    ...(type === 'select' || type === 'multi_select' ? { options: { choices } } : {}),
  };
}

const notIndexable: readonly FieldType[] = ['duration', 'multi_select', 'json'];
const indexable = values.map(([type]) => type).filter((type) => !notIndexable.includes(type));

/** There are eight slots of a kind, so indexed fields are spread over two entities. */
const document: RegistryDocument = {
  formwork: 1,
  entities: [
    { key: 'plain', plural: 'plains', fields: values.map(([type]) => fieldOf(type, false)) },
    {
      key: 'indexed_a',
      plural: 'indexed_as',
      fields: indexable.slice(0, 6).map((type) => fieldOf(type, true)),
    },
    { key: 'indexed_b', plural: 'indexed_bs', fields: indexable.slice(6).map((type) => fieldOf(type, true)) },
  ],
};

let harness: ReadHarness;

beforeAll(async () => {
  harness = await createReadHarness(document);
});
afterAll(() => harness.close());

const cases = values.flatMap(([type, samples]) => {
  const entities = notIndexable.includes(type)
    ? ['plain']
    : ['plain', indexable.indexOf(type) < 6 ? 'indexed_a' : 'indexed_b'];
  return entities.map((entity) => ({ type, entity, samples }));
});

test.each(cases)('reads $type values of $entity as they were stored', async ({ type, entity, samples }) => {
  const { key, typeName, name } = named(entity, type);
  const group = cases.findIndex((item) => item.type === type && item.entity === entity) + 1;
  const rows = [...samples.map(([json]) => `{"${key}": ${json}}`), '{}'].map((data, index) => ({
    id: idOf(index, group),
    data,
  }));
  await harness.insert(entity, rows);
  const records = harness.records();
  const read = await Promise.all(rows.map(({ id }) => records.byId(typeName, id, { fields: [name] })));
  expect(read.map((node) => node?.values[name])).toEqual([...samples.map(([, value]) => value), null]);
});

function named(entity: string, type: FieldType) {
  const found = harness.registry.entityByKey.get(entity);
  const field = found?.fields.find((candidate) => candidate.type === type);
  return { key: field?.storageKey ?? '', typeName: found?.names.type ?? '', name: field?.name ?? '' };
}

test('selects only the columns that are asked for', async () => {
  harness.counter.reset();
  await harness
    .records()
    .connection('Plain', {}, { ...everything, node: { fields: ['textPlain'] }, totalCount: false });
  const text = harness.counter.statements.at(-1) ?? '';
  expect(text).toContain('"text_plain"');
  expect(text).not.toContain('json_plain');
});

test('reads moments alike whatever the time zone of the session is', async () => {
  const id = idOf(0, 999);
  await harness.insert('plain', [{ id, data: { datetime_plain: '1883-11-18T12:03:58.123456Z' } }]);
  for (const zone of ['Asia/Kathmandu', 'America/New_York', 'UTC']) {
    const execute = async (statements: readonly { text: string; values: readonly (string | null)[] }[]) => {
      const zoned = [sql`select set_config('timezone', ${zone}, true)`, ...statements];
      const { results } = await harness.dataPlane.read(harness.tenantId, zoned);
      return results.slice(1);
    };
    const records = harness.records({ execute });
    expect((await records.byId('Plain', id, { fields: ['datetimePlain'] }))?.values).toEqual({
      datetimePlain: '1883-11-18T12:03:58.123456Z',
    });
  }
});
