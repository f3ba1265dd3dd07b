import { formulaLimits, resultType } from '@formwork/registry';
import { createRegistry, type Registry } from '../src/index.ts';
import { documentOf } from './designs.ts';

const choices = [{ key: 'on' }, { key: 'off' }];
const fields = [
  { key: 'count', type: 'integer' },
  { key: 'ratio', type: 'number' },
  { key: 'name', type: 'text' },
  { key: 'open', type: 'boolean' },
  { key: 'day', type: 'date' },
  { key: 'moment', type: 'datetime' },
  { key: 'state', type: 'select', options: { choices } },
  { key: 'price', type: 'currency' },
  { key: 'note', type: 'json' },
  { key: 'hour', type: 'time' },
  { key: 'true', type: 'boolean' },
  { key: 'parent', type: 'link', options: { target: 'thing', inverse: null } },
  { key: 'others', type: 'links', options: { target: 'thing', inverse: null } },
];

function define(expression: unknown, options: object = {}) {
  const formula = { key: 'formula', type: 'formula', options: { expression, ...options } };
  return createRegistry(documentOf({ key: 'thing', fields: [...fields, formula] }));
}

function typeOf(expression: string): string {
  const result = define(expression);
  if ('problems' in result) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return resultType(formulaOf(result.registry));
}

function formulaOf(registry: Registry) {
  const field = registry.entities[0]?.fieldByKey.get('formula');
  if (!field) throw new Error('There is no formula');
  return field;
}

function problemsOf(expression: unknown): readonly string[] {
  const result = define(expression);
  return 'problems' in result ? result.problems.map(({ message }) => message) : [];
}

test.each([
  ['1', 'integer'],
  ['1.5', 'decimal'],
  ['count + 1 * 2 - -3 % 4', 'integer'],
  ['count / 2', 'decimal'],
  ['count + ratio', 'decimal'],
  ['"a" & count & day & null', 'text'],
  ['\'it\'\'s\' & "a ""quote"""', 'text'],
  ['count = 1 or not open and name <> "x"', 'boolean'],
  ['IF(open, count, ratio)', 'decimal'],
  ['if(open, null, day)', 'date'],
  ['coalesce(null, name, state)', 'text'],
  ['is_null(null)', 'boolean'],
  ['min(count, 3, null)', 'integer'],
  ['round(ratio, 2)', 'decimal'],
  ['round(count)', 'integer'],
  ['length(upper(left(name, 3)))', 'integer'],
  ['date_add(day, 1, "months")', 'date'],
  ['date_add(moment, count, "hours")', 'datetime'],
  ['date_diff(day, now(), "days") > 3', 'boolean'],
  ['date("2026-11-21")', 'date'],
  ['datetime("2026-11-21T10:00:00+02:00")', 'datetime'],
  ['date(moment)', 'date'],
  ['year(today())', 'integer'],
  ['number(name)', 'decimal'],
  ['price.amount * 1.19', 'decimal'],
  ['price.currency', 'text'],
  ['[true] and open', 'boolean'],
  ['parent.name', 'text'],
  ['parent.parent.price.amount', 'decimal'],
  ['\n\t( count )\r\n', 'integer'],
])('knows the type of %s', (expression, type) => {
  expect(typeOf(expression)).toBe(type);
});

test.each([
  ['', 'The expression is empty: a value is missing (character 1).'],
  ['   ', 'The expression is empty: a value is missing (character 4).'],
  ['count +', 'A value is missing (character 8).'],
  ['count 2', '"2" is not expected (character 7).'],
  ['(count', '")" is expected instead of the end (character 7).'],
  ['count)', '")" is not expected (character 6). There is no "(" for it.'],
  ['"open', 'A text is opened and never closed (character 1). End it with ".'],
  ["'; drop table formwork.records; --", `A text is opened and never closed (character 1). End it with '.`],
  ['name; drop table x', 'The character ";" has no meaning (character 5). Arguments are separated by ",".'],
  ['"🛩" ^ 2', 'The character "^" has no meaning (character 5). There are no powers; multiply.'],
  ['größe', 'The character "ö" has no meaning (character 3).'],
  ['соunt', 'The character "с" has no meaning (character 1).'],
  ['namee & "x"', 'Unknown field "namee" (character 1). Did you mean "name"?'],
  ['1 + parent.nam', 'Unknown field "nam" of "thing" (character 12). Did you mean "name"?'],
  ['name.length', 'The field "name" is of type "text" and has no "length" (character 1).'],
  ['name.a.b', '"name" leads nowhere: it is no link (character 1).'],
  ['uper(name)', 'Unknown function "uper" (character 1). Did you mean "upper"?'],
  ['round()', '"round" takes 1 to 2 arguments and is given 0 (character 1).'],
  ['round(ratio, count)', '"round" needs a number of digits from 0 to 20 (character 14).'],
  ['1 + name', '"+" needs numbers, and there is a text (character 5). Join texts with "&".'],
  ['day - 1', '"-" needs numbers, and there is a date (character 1). Use date_add or date_diff.'],
  ['count = "1"', '"=" compares a whole number with a text (character 7). Both sides must be of one type.'],
  ['count = null', '"=" compares with null, which is never true (character 7). Use is_null.'],
  ['open < [true]', '"<" needs values that have an order, and there is true or false (character 6).'],
  ['1 < 2 < 3', 'Two comparisons stand in a row (character 7). Join them with "and".'],
  ['not count', '"not" needs true or false, and there is a whole number (character 5).'],
  ['if(count, 1, 2)', '"if" needs true or false, and there is a whole number (character 4).'],
  [
    'if(open, 1, "x")',
    'Values to choose from must be of one type: after a whole number there is a text (character 13).',
  ],
  ['coalesce(null, null)', 'Values to choose from are all null (character 10). Give at least one.'],
  ['null', 'The expression is always null (character 1).'],
  ['date_add(day, 1, "hours")', 'A date has no hours (character 18). Make it a date with time: datetime(…).'],
  ['date("2026-02-30")', '"2026-02-30" is no date (character 6). Write it as "2026-11-21".'],
  ['price', 'The field "price" is money (character 1). Say "price.amount" or "price.currency".'],
  [
    'parent & "x"',
    'The field "parent" is of type "link", which formulas cannot compute with (character 1). Say which field of what it leads to: "parent.name".',
  ],
  [
    'is_null(others)',
    'The field "others" is of type "links", which formulas cannot compute with (character 9).',
  ],
  ['hour & note', 'The field "hour" is of type "time", which formulas cannot compute with (character 1).'],
  ['12345678901234567890123456789012345678901', 'A number has more than 38 digits (character 1).'],
  ['constructor', 'Unknown field "constructor" (character 1).'],
  ['__proto__(1)', expect.stringContaining('Unknown function "__proto__" (character 1).')],
])('says what is wrong with %j, and where', (expression, message) => {
  const expected = typeof message === 'string' ? `The formula "formula": ${message}` : message;
  expect(problemsOf(expression)).toEqual([expected]);
});

test('names the place in the document', () => {
  const result = define('nothing');
  expect('problems' in result && result.problems[0]).toMatchObject({
    code: 'FIELD_MISSING',
    path: `entities[0].fields[${fields.length}].options.expression`,
  });
});

test.each([
  ['long', 'x'.repeat(1_000_000)],
  ['long, and all open brackets', '('.repeat(1_000_000)],
  ['deep', `${'('.repeat(formulaLimits.depth + 1)}1${')'.repeat(formulaLimits.depth + 1)}`],
  ['deep in signs', `${'-'.repeat(4000)}1`],
  ['deep in words', `${'not '.repeat(1000)}open`],
  ['deep in calls', `${'abs('.repeat(1000)}1`],
  ['of many parts', Array.from({ length: 400 }, () => '1').join('+')],
])('refuses an expression that is too %s, and at once', (_, expression) => {
  // What it costs, not what the clock says: others run beside it.
  const start = process.cpuUsage();
  const result = define(expression);
  expect('problems' in result && result.problems.map(({ code }) => code)).toEqual(['LIMIT_EXCEEDED']);
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000);
});

test('takes an expression of as many parts and levels as are allowed', () => {
  expect(typeOf(Array.from({ length: 150 }, () => '1').join('+'))).toBe('integer');
  const depth = formulaLimits.depth - 1;
  expect(typeOf(`${'('.repeat(depth)}1${')'.repeat(depth)}`)).toBe('integer');
});

test.each([[undefined], [7], [null], [['1']], [{}]])('refuses %j for an expression', (expression) => {
  expect('problems' in define(expression)).toBe(true);
});

test.each([['min', { min: 1 }, 'OPTION_UNKNOWN']])('refuses the option %s', (_, options, code) => {
  const result = define('1', options);
  expect('problems' in result && result.problems.map((problem) => problem.code)).toEqual([code]);
});
