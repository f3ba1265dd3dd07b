import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
} from 'graphql';
import { Choice, type Draft } from './draft.ts';
import type { FieldInfo } from './model.ts';

/** Values that operands are taken from, mostly those of the records. */
export type Pool = readonly unknown[];

export function poolOf(draft: Draft, typeName: string, field: string): Pool {
  const values = draft.model.all(typeName).map((record) => draft.model.value(record, field));
  return values.filter((value) => value !== null);
}

export function inputType(draft: Draft, name: string): GraphQLInputObjectType {
  const type = draft.schema.getType(name);
  if (!isInputObjectType(type)) throw new Error(`There is no input "${name}"`);
  return type;
}

/** A filter of values (`StringFilter` and the like) with one operator or two. */
export function valueFilter(
  draft: Draft,
  type: GraphQLInputObjectType,
  pool: Pool,
  kind: FieldInfo['kind'],
): Record<string, unknown> {
  const { random } = draft;
  const fields = type.getFields();
  const filter: Record<string, unknown> = {};
  for (let count = random.chance(0.2) ? 2 : 1; count > 0; count -= 1) {
    const operator = draft.choose(Object.keys(fields), (name) => `${type.name}.${name}`);
    const operand = fields[operator]?.type;
    if (operand) filter[operator] = operandOf(draft, operator, operand, pool, kind);
  }
  return filter;
}

function operandOf(
  draft: Draft,
  operator: string,
  type: GraphQLInputType,
  pool: Pool,
  kind: FieldInfo['kind'],
): unknown {
  const { random } = draft;
  const nullable = getNullableType(type);
  if (operator === 'isNull') return random.chance(0.5);
  if (isListType(nullable)) {
    const items = Array.from({ length: random.below(4) }, () =>
      operandOf(draft, 'eq', nullable.ofType, pool, kind),
    );
    return items;
  }
  switch (getNamedType(type).name) {
    case 'PeriodInput':
      return {
        period: enumValue(draft, 'CalendarPeriod'),
        ...timeZone(draft, 'PeriodInput'),
        ...used(draft, 'PeriodInput.period'),
      };
    case 'SpanInput':
      return span(draft, kind);
    case 'JSONPathFilter':
      return place(draft, pool);
    case 'DecimalFilter':
      return valueFilter(
        draft,
        inputType(draft, 'DecimalFilter'),
        pool.map((money) => (money as { amount: string }).amount),
        'decimal',
      );
    case 'StringFilter':
      return valueFilter(draft, inputType(draft, 'StringFilter'), ['EUR', 'USD', 'eur', 'X'], 'text');
    default:
      return leaf(draft, operator, type, pool);
  }
}

function used(draft: Draft, ...keys: readonly string[]): object {
  for (const key of keys) draft.use(key);
  return {};
}

export function enumValue(draft: Draft, enumName: string, names?: readonly string[]): Choice {
  const type = draft.schema.getType(enumName);
  if (!isEnumType(type)) throw new Error(`There is no enum "${enumName}"`);
  const values = type.getValues().map(({ name }) => name);
  return new Choice(draft.choose(names ?? values, (name) => `${enumName}.${name}`));
}

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata'];

export function timeZone(draft: Draft, input: string): { timeZone?: string } {
  if (draft.random.chance(0.5)) return {};
  draft.use(`${input}.timeZone`);
  return { timeZone: draft.random.pick(zones) };
}

function span(draft: Draft, kind: FieldInfo['kind']): object {
  const units = { minutes: 40, hours: 60, days: 500, weeks: 60, months: 30, years: 5 };
  const names = Object.keys(units).filter((unit) => kind !== 'date' || !['minutes', 'hours'].includes(unit));
  const unit = draft.choose(names, (name) => `SpanInput.${name}`);
  const count = 1 + draft.random.below(units[unit as keyof typeof units]);
  return { [unit]: count, ...timeZone(draft, 'SpanInput') };
}

/** A place in a JSON value and what to compare there. */
function place(draft: Draft, pool: Pool): object {
  const { random } = draft;
  const type = inputType(draft, 'JSONPathFilter');
  const paths = [['a'], ['b', '0'], ['b', '-1'], ['b', '2', 'c'], ['0'], ['n'], ['s'], ['t'], [], ['x', 'y']];
  const name = draft.choose(['text', 'number', 'boolean', 'exists'], (one) => `${type.name}.${one}`);
  draft.use(`${type.name}.path`);
  const path = random.pick(paths);
  if (name === 'exists') return { path, exists: random.chance(0.5) };
  const filters = { text: 'StringFilter', number: 'DecimalFilter', boolean: 'BooleanFilter' };
  const pools = { text: ['x', '1', 'É', 'text'], number: ['1', '-12.5', '7', '2'], boolean: [true, false] };
  const kinds = { text: 'text', number: 'decimal', boolean: 'boolean' } as const;
  const which = name as keyof typeof filters;
  void pool;
  return { path, [which]: valueFilter(draft, inputType(draft, filters[which]), pools[which], kinds[which]) };
}

function leaf(draft: Draft, operator: string, type: GraphQLInputType, pool: Pool): unknown {
  const { random } = draft;
  const named = getNamedType(type);
  const known = pool.length > 0 ? random.pick(pool) : null;
  if (isEnumType(named)) return enumValue(draft, named.name);
  switch (named.name) {
    case 'String':
      return text(draft, operator, String(known ?? random.pick(['', 'a', 'É'])));
    case 'Int':
      return Math.max(-2147483648, Math.min(2147483647, Number(known ?? 1) + (random.chance(0.7) ? 0 : 1)));
    case 'Float':
      return Number(random.chance(0.8) ? (known ?? 0.5) : random.pick([0, -1, 2.5, 1e10]));
    case 'Decimal':
      return decimal(draft, String(known ?? '1.5'));
    case 'Boolean':
      return random.chance(0.5);
    case 'ID':
      return random.chance(0.2)
        ? String(known ?? '').toUpperCase() || '00000000-0000-0000-0000-000000000000'
        : (known ?? '00000000-0000-0000-0000-000000000000');
    case 'Date':
      return String(known ?? '2020-01-01');
    case 'DateTime':
      return moment(draft, String(known ?? '2020-01-01T00:00:00Z'));
    case 'Time':
      return String(known ?? '10:00:00');
    case 'Duration':
      return random.chance(0.7) ? String(known ?? 'P1D') : random.pick(['PT3600S', 'P4W2D', 'P12M', 'PT1S']);
    case 'JSON':
      return json(draft, known);
    case 'MoneyInput': {
      for (const name of ['amount', 'currency']) draft.use(`MoneyInput.${name}`);
      const { amount, currency } = (known ?? { amount: '1', currency: 'EUR' }) as {
        amount: string;
        currency: string;
      };
      return { amount: decimal(draft, amount), currency };
    }
    default:
      throw new Error(`The generator knows no values of the type "${named.name}"`);
  }
}

/** The whole text, or a part of it where the operator asks for one. */
function text(draft: Draft, operator: string, value: string): string {
  const { random } = draft;
  const characters = [...value];
  const cut = 1 + random.below(3);
  const part = operator.startsWith('startsWith')
    ? characters.slice(0, cut)
    : operator.startsWith('endsWith')
      ? characters.slice(-cut)
      : operator.startsWith('contains')
        ? characters.slice(random.below(characters.length + 1)).slice(0, cut)
        : characters;
  const chosen = part.join('');
  if (operator.endsWith('Insensitive') && random.chance(0.5)) {
    return random.chance(0.5) ? chosen.toLowerCase() : chosen.replace(/[a-zé]/g, (one) => one.toUpperCase());
  }
  return chosen;
}

/** With zeros behind it, as a number, or with an exponent: it is the same. */
function decimal(draft: Draft, value: string): string | number {
  const { random } = draft;
  if (random.chance(0.2) && value.includes('.')) return `${value}00`;
  if (random.chance(0.2) && /^-?\d{1,6}(\.\d{1,6})?$/.test(value)) return Number(value);
  return random.chance(0.1) ? `${value}e0` : value;
}

/** The same moment with another offset. */
function moment(draft: Draft, value: string): string {
  if (draft.random.chance(0.7) || value < '0002' || value > '9999') return value;
  const [, , fraction = ''] = /^(.{19})(\.\d+)?Z$/.exec(value) ?? [];
  const later = new Date(Date.parse(value) + 2 * 3_600_000).toISOString().slice(0, 19);
  return `${later}${fraction}+02:00`;
}

function json(draft: Draft, known: unknown): unknown {
  const { random } = draft;
  const parts = [known, { a: 1 }, { b: [2] }, [1], 'x', 7, {}, [], { b: [{ c: 'x' }] }, ['x']];
  const part = random.chance(0.5) ? known : random.pick(parts);
  return part ?? 7;
}
