import { createRegistry, type Registry } from '@formwork/registry';
import { compilePattern } from '../src/validate/linear-pattern.ts';
import { validateInput } from '../src/validate/validate-input.ts';
import { museum } from './write-design.ts';

const registry = registryOf(museum);

const someId = '0193f5a2-7c1e-7000-8000-000000000000';
const door = { floor: 1, door: 'A' };

const complete = {
  name: 'Ammonite',
  code: 'AM-1',
  notes: '',
  contact: 'ada@example.com',
  homepage: 'https://example.com/',
  phone: '+49 (30) 901820',
  pieces: 3,
  age: 150,
  mass: 1.5,
  humidity: 40.5,
  beauty: 5,
  exact: '-0.00000000000000000001',
  price: '12.50',
  insured: { amount: '99.99', currency: 'EUR' },
  fragile: false,
  foundOn: '1999-12-31',
  anyDay: '9999-12-31',
  seenAt: '2026-11-21T12:00:00.5+02:00',
  feeding: '09:30:00',
  exposure: 'P1Y2M3W4DT5H6M7.5S',
  state: 'ON_SHOW',
  tags: ['LOUD', 'RARE'],
  extra: { a: [1, null, 'x'] },
  room: { by: { byDoor: door } },
  collector: { id: someId },
  labels: { add: [{ id: someId }, { by: { text: 'red' } }] },
};

describe('a create input', () => {
  test('is let pass with a value for every field', () => {
    expect(violations(complete)).toEqual([]);
  });

  test('needs its required fields', () => {
    expect(violations({})).toEqual([
      { path: ['input', 'name'], code: 'REQUIRED', message: '"Name" is required. Give a value.' },
    ]);
    expect(violations({ name: null })).toHaveLength(1);
  });

  test('is reported with everything that is wrong with it at once', () => {
    const found = violations({
      name: 'x',
      code: 'nope',
      contact: 'nobody',
      age: -1,
      price: '0',
      foundOn: '1899-12-31',
      state: 'BROKEN',
      tags: ['RARE', 'RARE'],
      insured: { amount: '1.005', currency: 'GBP' },
      colour: 'red',
    });
    expect(found.map(({ path, code }) => [path.slice(1).join('.'), code]).sort()).toEqual(
      [
        ['name', 'TOO_SHORT'],
        ['code', 'PATTERN'],
        ['contact', 'FORMAT'],
        ['age', 'TOO_SMALL'],
        ['price', 'TOO_SMALL'],
        ['foundOn', 'TOO_SMALL'],
        ['state', 'NOT_A_CHOICE'],
        ['tags', 'DUPLICATE'],
        ['insured.amount', 'PRECISION'],
        ['insured.currency', 'NOT_A_CHOICE'],
        ['colour', 'UNKNOWN_FIELD'],
      ].sort(),
    );
    for (const { message } of found) expect(message).toMatch(/^(?:"|Item \d+ of ").+\.$/);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['text of another type', { name: 5 }, 'TYPE'],
    ['text with NUL', { name: 'a\0b' }, 'CHARACTERS'],
    ['text with half a surrogate pair', { name: 'a\ud800b' }, 'CHARACTERS'],
    ['text that is too long in characters', { name: '😀'.repeat(101) }, 'TOO_LONG'],
    ['text of three million characters', { notes: 'a'.repeat(3_000_000) }, 'TOO_LONG'],
    ['a whole number with a fraction', { age: 1.5 }, 'TYPE'],
    ['a whole number beyond int32', { pieces: 2_147_483_648 }, 'TOO_LARGE'],
    ['a whole number below int32', { pieces: -2_147_483_649 }, 'TOO_SMALL'],
    ['a number that is none', { mass: Number.NaN }, 'TYPE'],
    ['an infinite number', { mass: Number.POSITIVE_INFINITY }, 'TYPE'],
    ['a percentage above its maximum', { humidity: 100.1 }, 'TOO_LARGE'],
    ['a rating above five', { beauty: 6 }, 'TOO_LARGE'],
    ['a decimal that is none', { exact: '12,5' }, 'FORMAT'],
    ['a decimal of 39 digits', { exact: '1'.repeat(39) }, 'PRECISION'],
    ['a decimal of 21 digits behind the point', { exact: `0.${'1'.repeat(21)}` }, 'PRECISION'],
    ['a decimal with an exponent beyond measure', { exact: '1e999999999' }, 'FORMAT'],
    ['a decimal above its maximum by a hair', { price: '100000.01' }, 'TOO_LARGE'],
    ['an amount without a currency', { insured: { amount: '1' } }, 'REQUIRED'],
    ['a boolean as text', { fragile: 'true' }, 'TYPE'],
    ['a day that does not exist', { anyDay: '2023-02-29' }, 'FORMAT'],
    ['the year 0', { anyDay: '0000-01-01' }, 'FORMAT'],
    ['a moment without an offset', { seenAt: '2026-11-21T10:00:00' }, 'FORMAT'],
    ['a moment at 24:00', { seenAt: '2026-11-21T24:00:00Z' }, 'FORMAT'],
    ['a leap second', { seenAt: '2016-12-31T23:59:60Z' }, 'FORMAT'],
    ['a moment before the year 1 in UTC', { seenAt: '0001-01-01T00:00:00+00:01' }, 'FORMAT'],
    ['nanoseconds', { seenAt: '2026-11-21T10:00:00.123456789Z' }, 'FORMAT'],
    ['the time 24:00', { feeding: '24:00:00' }, 'FORMAT'],
    ['a duration without a number', { exposure: 'PT' }, 'FORMAT'],
    ['a web address that runs a script', { homepage: 'javascript:alert(1)' }, 'FORMAT'],
    ['a web address without a host', { homepage: 'https://' }, 'FORMAT'],
    ['an e-mail address without a domain', { contact: 'ada@' }, 'FORMAT'],
    ['a phone number of letters', { phone: 'call me' }, 'FORMAT'],
    ['a list of choices that is none', { tags: 'RARE' }, 'TYPE'],
    ['an unknown choice in a list', { tags: ['RARE', 'SHY'] }, 'NOT_A_CHOICE'],
    ['a hundred thousand choices', { tags: Array(100_000).fill('RARE') }, 'TOO_MANY'],
    ['JSON with NUL in a name', { extra: { 'a\0': 1 } }, 'CHARACTERS'],
    ['JSON with an infinite number', { extra: [1, Number.POSITIVE_INFINITY] }, 'TYPE'],
    ['JSON that is nested too deeply', { extra: nested(101) }, 'TOO_DEEP'],
    ['JSON that is nested beyond the stack', { extra: nested(100_000) }, 'TOO_DEEP'],
    ['JSON of three million characters', { extra: Array(500_000).fill('abcd') }, 'TOO_LONG'],
    ['a value for what Postgres counts', { number: 7 }, 'UNKNOWN_FIELD'],
    ['a link that is a text', { room: 'attic' }, 'TYPE'],
    ['a link given in no way', { room: {} }, 'ONE_OF'],
    ['a link given in two ways', { room: { id: someId, by: { byDoor: door } } }, 'ONE_OF'],
    ['a link by an id that is none', { room: { id: '1 or 1=1' } }, 'FORMAT'],
    ['a link by an unknown key', { room: { by: { name: 'attic' } } }, 'UNKNOWN_FIELD'],
    ['a link by half a key', { room: { by: { byDoor: { floor: 1 } } } }, 'REQUIRED'],
    ['a list of links that is none', { labels: { add: { id: someId } } }, 'TYPE'],
    ['a hundred thousand links', { labels: { add: Array(100_000).fill({ id: someId }) } }, 'TOO_MANY'],
  ])('is refused for %s', (_, values, code) => {
    const input = { name: 'Ammonite', ...values };
    expect(violations(input).map((violation) => violation.code)).toContain(code);
    expect(JSON.stringify(violations(input)).length).toBeLessThan(5000);
  });

  test.each<[string, Record<string, unknown>]>([
    ['the ends of int32', { pieces: -2_147_483_648 }],
    ['38 digits', { exact: '12345678901234567890123456789012345678' }],
    ['20 digits behind the point', { exact: '123456789012345678.12345678901234567890' }],
    ['zeros beyond the scale', { price: '1.5000' }],
    ['a decimal as a number', { price: 12.5 }],
    ['the largest double', { mass: 1.7976931348623157e308 }],
    ['the first and the last day', { anyDay: '0001-01-01' }],
    ['a leap day', { anyDay: '2024-02-29' }],
    ['a leap day of a century', { anyDay: '2000-02-29' }],
    ['a moment with microseconds and an offset', { seenAt: '2026-11-21T10:00:00.123456-23:59' }],
    ['a time without seconds', { feeding: '09:30' }],
    ['a web address in another script', { homepage: 'https://münchen.example/straße?q=ü#1' }],
    ['an e-mail address in another script', { contact: 'jürgen@bücher.example' }],
    ['a hundred emoji', { name: '😀'.repeat(100) }],
    ['a choice by its key, as resolvers may hand it over', { state: 'on_show', tags: ['rare'] }],
    ['JSON with a name of the prototype', { extra: JSON.parse('{"__proto__": {"a": 1}}') }],
    ['JSON at the last level', { extra: nested(100) }],
    [
      'a link by a key whose text its pattern would refuse',
      { collector: { by: { email: 'ada@example.com' } } },
    ],
    ['null for what is optional', { notes: null, room: null, labels: null }],
  ])('is let pass with %s', (_, values) => {
    expect(violations({ name: 'Ammonite', ...values })).toEqual([]);
  });

  test.each([
    ['homepage', `https://example.com/${'a'.repeat(4000)}`, 4000],
    ['homepage', `https://example.com/${'a'.repeat(9000)}`, 4000],
    ['contact', `ada@${'b.'.repeat(130)}org`, 254],
  ])('is told that a %s is too long, and not that it has a wrong form', (field, text, most) => {
    const [found, ...others] = violations({ name: 'Ammonite', [field]: text });
    expect(others).toEqual([]);
    expect(found).toMatchObject({ path: ['input', field], code: 'TOO_LONG' });
    expect(found?.message).toContain(`at most ${most} characters; it has ${text.length}.`);
  });

  test('lets a web address pass the thousandth time as the first', () => {
    // Node 20's `URL.canParse` changes its mind about other scripts once it is compiled.
    const seen = Array.from({ length: 20_000 }, () =>
      violations({ name: 'Ammonite', homepage: 'https://münchen.example/' }),
    );
    expect(seen.flat()).toEqual([]);
  });

  test('finds no field on the prototype of objects', () => {
    const strange = registryOf({
      formwork: 1,
      entities: [
        {
          key: 'thing',
          fields: ['constructor', 'to_string', 'value_of'].map((key) => ({
            key,
            type: 'text',
            required: true,
          })),
        },
      ],
    });
    const [thing] = strange.entities;
    if (!thing) throw new Error('no entity');
    const names = thing.fields.map(({ name }) => name);
    const found = validateInput(strange, thing, 'create', ['input'], {}).violations;
    expect(found.map(({ path, code }) => [path[1], code])).toEqual(names.map((name) => [name, 'REQUIRED']));
    const input = Object.fromEntries(names.map((name) => [name, 'x']));
    expect(validateInput(strange, thing, 'create', ['input'], input).violations).toEqual([]);
  });

  test('called __proto__ is an unknown field', () => {
    const input = JSON.parse('{"name": "Ammonite", "__proto__": {"code": 1}}');
    expect(violations(input)).toMatchObject([{ path: ['input', '__proto__'], code: 'UNKNOWN_FIELD' }]);
  });
});

describe('an update input', () => {
  test('needs nothing', () => {
    expect(violations({}, 'update')).toEqual([]);
  });

  test('cannot clear what is required', () => {
    expect(violations({ name: null }, 'update')).toMatchObject([
      { path: ['input', 'name'], code: 'REQUIRED' },
    ]);
  });
});

describe('a pattern', () => {
  test('is the one of its own field, whatever others there are in the design', () => {
    const text = (key: string, pattern: string) => ({ key, type: 'text', options: { pattern } }) as const;
    const design = registryOf({
      formwork: 1,
      entities: [
        { key: 'part', fields: [text('letters', '^[a-z]+$'), text('digits', '^[0-9]+$')] },
        { key: 'box', fields: [text('size', '^[SML]$')] },
      ],
    });
    const found = (index: number, input: object) => {
      const entity = design.entities[index];
      if (!entity) throw new Error('no entity');
      return validateInput(design, entity, 'create', [], { ...input }).violations.map(({ path }) => path[0]);
    };
    expect(found(0, { letters: 'abc', digits: '123' })).toEqual([]);
    expect(found(0, { letters: '123', digits: 'abc' })).toEqual(['letters', 'digits']);
    expect(found(1, { size: 'M' })).toEqual([]);
    expect(found(1, { size: 'm' })).toEqual(['size']);
  });

  test.each([
    [
      '^\\s$',
      '^\\S$',
      '^[\\s]$',
      '^[^\\s]$',
      '^[\\S]$',
      '^[^\\S]$',
      '^[\\s\\d-]$',
      '^[\\S ]$',
      '\\\\s',
      '[\\\\s]',
    ],
    ['.', '^.$', '^[.]$', '\\.', '^a?.b?$'],
    ['^[[:alph]$', '^[\\[:]$', '^[^[]$', '[]', '[^]', '^\\/$', '^[/]$'],
    [
      '^\\w$',
      '^\\W$',
      '^\\d$',
      '^\\D$',
      '\\bx',
      '\\Bx',
      '^\\cJ$',
      '^\\0$',
      '^\\x41$',
      '^\\u{1F44D}$',
      '^\\ud83d\\udc4d$',
    ],
    ['^\\p{Lu}$', '^\\P{L}$', '^[\\p{Zs}x]$', '^[^\\p{L}]$', '^(?<one>x)$', '^x{1,2}?$', '^$', '^'],
  ])('is read as ECMAScript reads it, as in JSON Schema: %s, %s …', (...patterns) => {
    const lines = ['\n', '\r', '\u2028', '\u2029', '\t', '\v', '\f', '\0', '\b'];
    const spaces = [
      ' ',
      '\u00a0',
      '\u0085',
      '\u1680',
      '\u180e',
      '\u2000',
      '\u200a',
      '\u200b',
      '\u202f',
      '\u205f',
      '\u3000',
      '\ufeff',
    ];
    const others = [
      '',
      'x',
      'X',
      'A',
      'É',
      '1',
      '٣',
      '_',
      '-',
      '.',
      '\\',
      '/',
      '[',
      ']',
      ':',
      'p',
      's',
      'S',
      '👍',
      '€',
      'a\nb',
      'axb',
      '\\s',
    ];
    for (const pattern of patterns) {
      for (const text of [...lines, ...spaces, ...others]) {
        const shown = [pattern, text, new RegExp(pattern, 'u').test(text)];
        expect([pattern, text, compilePattern(pattern)?.test(text)]).toEqual(shown);
      }
    }
  });

  test.each([
    ['(a+)+$', `${'a'.repeat(60)}b`],
    ['^(a|aa)+$', `${'a'.repeat(60)}b`],
  ])('that would stop a backtracking engine does not stop this one: %s', (pattern, text) => {
    // The registry refuses such a pattern; this is the wall behind it.
    const design = registryOf({
      formwork: 1,
      entities: [{ key: 'thing', fields: [{ key: 'name', type: 'text' }] }],
    });
    const [thing] = design.entities;
    const [name] = thing?.fields ?? [];
    if (!thing || !name) throw new Error('no entity');
    const field = { ...name, options: { pattern } };
    const entity = { ...thing, fields: [field], fieldByName: new Map([['name', field]]) };
    const registry = { ...design, planShape: pattern };
    // What it costs, not what the clock says: others run beside it.
    const started = process.cpuUsage();
    const found = validateInput(registry, entity, 'create', ['input'], { name: text }).violations;
    expect(found).toMatchObject([{ code: 'PATTERN' }]);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(1000);
  });
});

function violations(input: Readonly<Record<string, unknown>>, operation: 'create' | 'update' = 'create') {
  const specimen = registry.entityByKey.get('specimen');
  if (!specimen) throw new Error('no entity');
  return validateInput(registry, specimen, operation, ['input'], input).violations;
}

function registryOf(document: Parameters<typeof createRegistry>[0]): Registry {
  const made = createRegistry(document);
  if ('problems' in made) throw new Error(JSON.stringify(made.problems, null, 2));
  return made.registry;
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
