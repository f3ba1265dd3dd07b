import { addDecimals, decimalOf, divideDecimal, textOf } from './decimal.ts';
import type { Model, NaiveRecord } from './model.ts';
import { bad, entriesOf, given, listOf } from './naive-errors.ts';
import type { NaiveFilters, Test } from './naive-filter.ts';
import { groupStepOf, type Value } from './naive-group-step.ts';
import { compareFully } from './naive-values.ts';

type Records = readonly NaiveRecord[];

/** What records are together: a value and what it is. */
export interface Total {
  readonly value: Value;
  readonly of: (records: Records) => unknown;
}

const withExtremes = ['int', 'float', 'decimal', 'date', 'datetime', 'time', 'text', 'select'];

/** `sum`, `avg`, `min` or `max` of a field. */
export function totalOf(model: Model, typeName: string, how: string, name: string): Total {
  const field = model.field(typeName, name);
  if (field === null) throw bad(name, 'is no field');
  const values = (records: Records) =>
    records.map((record) => model.value(record, name)).filter((value) => value !== null);
  if (how === 'min' || how === 'max') {
    if (!withExtremes.includes(field.kind)) throw bad(name, 'has no least value');
    const of = (records: Records) =>
      values(records)
        .sort((a, b) => compareFully(field, a, b))
        .at(how === 'min' ? 0 : -1) ?? null;
    return { value: field, of };
  }
  if (field.kind === 'int' || field.kind === 'float') {
    const of = (records: Records) => {
      const numbers = values(records).map(Number);
      const sum = numbers.reduce((total, one) => total + one, 0);
      if (numbers.length === 0) return null;
      return how === 'avg' ? sum / numbers.length : sum;
    };
    return { value: { kind: 'float', choices: [] }, of };
  }
  if (field.kind !== 'decimal') throw bad(name, 'cannot be added up');
  const of = (records: Records) => {
    const decimals = values(records).map((value) => decimalOf(String(value)));
    const [first, ...rest] = decimals;
    if (first === undefined) return null;
    const sum = rest.reduce(addDecimals, first);
    return textOf(how === 'avg' ? divideDecimal(sum, decimals.length) : sum);
  };
  return { value: field, of };
}

export function countDistinct(model: Model, typeName: string, step: unknown): (records: Records) => number {
  const { of } = groupStepOf(model, typeName, step);
  return (records) => {
    const values = records.map(of).filter((value) => value !== null);
    return new Set(values.map((value) => JSON.stringify(value))).size;
  };
}

const int: Value = { kind: 'int', choices: [] };

/** Conditions on records together: `having`, and what a filter of links to many asks of all of them. */
export function togetherTest(
  filters: NaiveFilters,
  model: Model,
  typeName: string,
  filter: unknown,
  depth: number,
): Test<Records> {
  filters.count(depth);
  const inner = (each: unknown) => togetherTest(filters, model, typeName, each, depth + 1);
  const tests = entriesOf(filter, 'having').map(([name, operand]): Test<Records> => {
    switch (name) {
      case 'count': {
        const test = filters.values(int, operand, name, depth);
        return (records) => test(records.length);
      }
      case 'countDistinct': {
        const { of, count } = given(operand, name) as { of: unknown; count: unknown };
        const distinct = countDistinct(model, typeName, of);
        const test = filters.values(int, count, name, depth);
        return (records) => test(distinct(records));
      }
      case 'and':
      case 'or':
      case 'not':
        return combined(name, operand, inner);
      default:
        return valuesTest(filters, model, typeName, name, operand, depth);
    }
  });
  return (records) => tests.every((test) => test(records));
}

function combined(
  name: 'and' | 'or' | 'not',
  operand: unknown,
  inner: (each: unknown) => Test<Records>,
): Test<Records> {
  if (name === 'not') {
    const test = inner(operand);
    return (records) => !test(records);
  }
  const tests = listOf(operand, name).map(inner);
  if (tests.length === 0) throw bad(name, 'is an empty list');
  return name === 'and'
    ? (records) => tests.every((test) => test(records))
    : (records) => tests.some((test) => test(records));
}

/** Conditions on sums, averages, least or greatest values. */
function valuesTest(
  filters: NaiveFilters,
  model: Model,
  typeName: string,
  how: string,
  filter: unknown,
  depth: number,
): Test<Records> {
  filters.count(depth);
  const tests = entriesOf(filter, how).map(([name, operand]): Test<Records> => {
    if (name === 'and' || name === 'or' || name === 'not') {
      return combined(name, operand, (each) => valuesTest(filters, model, typeName, how, each, depth + 1));
    }
    if (name === 'isNull') {
      given(operand, name);
      return (records) => (records.length === 0) === operand;
    }
    const { value, of } = totalOf(model, typeName, how, name);
    const test = filters.values(value, operand, name, depth);
    return (records) => test(of(records));
  });
  return (records) => tests.every((test) => test(records));
}
