import type { Values } from '../src/contract.ts';
import { compareSorted, compareValues, type ModelField, type ModelRecord } from './read-model.ts';

interface Together {
  /** As a value of which field it compares. */
  readonly field: ModelField;
  readonly value: unknown;
}

/** What records are together: their number, or `sum avg min max` of a field. `isAbsent`: there is nobody to have them. */
export function together(
  records: readonly ModelRecord[],
  how: string,
  field: ModelField,
  isAbsent = false,
): Together {
  if (how === 'count') return { field: 'integer', value: isAbsent ? null : records.length };
  const values = records.map((record) => record[field]).filter((value) => value !== null);
  if (how === 'min' || how === 'max') {
    const sorted = [...values].sort((a, b) => compareFully(field, a, b));
    return { field, value: sorted.at(how === 'min' ? 0 : -1) ?? null };
  }
  if (field === 'decimal') return { field, value: values.length === 0 ? null : sumOf(values as string[]) };
  const sum = (values as number[]).reduce((total, value) => total + value, 0);
  const value = how === 'avg' ? sum / values.length : sum;
  return { field: 'number', value: values.length === 0 ? null : value };
}

function compareFully(field: ModelField, a: unknown, b: unknown): number {
  return field === 'text' ? compareSorted(String(a), String(b)) : compareValues(field, a, b);
}

const places = 20;

function sumOf(decimals: readonly string[]): string {
  const total = decimals.reduce((sum, decimal) => {
    const [whole = '', fraction = ''] = decimal.split('.');
    return sum + BigInt(whole + fraction.padEnd(places, '0'));
  }, 0n);
  const digits = String(total < 0n ? -total : total).padStart(places + 1, '0');
  return `${total < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

export function countDistinct(records: readonly ModelRecord[], of: Values): number {
  const [name = ''] = Object.keys(of);
  return new Set(records.map((record) => record[name as ModelField]).filter((value) => value !== null)).size;
}
