import { isObject } from './check-json.ts';
import { compareDecimals, parseDecimal } from './decimal.ts';
import type { FieldOptions, FieldType } from './document.ts';
import { compareMoments, parseDate, parseDateTime, parseTime } from './temporal.ts';

/** A bound (min or max) in canonical form; null where it does not fit the type, or the type has no bounds. */
export function parseBound(type: FieldType, value: unknown): number | string | null {
  switch (type) {
    case 'integer':
      return typeof value === 'number' && isInt32(value) ? value : null;
    case 'number':
    case 'percent':
      return typeof value === 'number' ? value : null;
    case 'date':
      return parseDate(value);
    case 'datetime':
      return parseDateTime(value);
    case 'time':
      return parseTime(value);
    case 'decimal':
    case 'currency':
      return parseDecimalBound(value);
    default:
      return null;
  }
}

/** More than any field has, so that a document cannot carry endless digits. */
const mostDigits = 60;

function parseDecimalBound(value: unknown): string | null {
  const decimal = parseDecimal(value);
  return decimal === null || decimal.wholeDigits > mostDigits || decimal.fractionDigits > mostDigits
    ? null
    : decimal.text;
}

/** Negative, zero or positive: how two canonical values of a type with bounds compare. */
export function compareValues(type: FieldType, left: number | string, right: number | string): number {
  if (typeof left === 'number' || typeof right === 'number') {
    return Number(left) - Number(right);
  }
  if (type === 'decimal' || type === 'currency') {
    return compareDecimals(left, right);
  }
  return compareMoments(left, right);
}

/** Why a canonical value is less than min or more than max, as the end of a sentence, or null. */
export function outOfBounds(type: FieldType, { min, max }: FieldOptions, value: unknown): string | null {
  const comparable = isObject(value) ? value.amount : value;
  if (typeof comparable !== 'string' && typeof comparable !== 'number') {
    return null;
  }
  if (min !== undefined && compareValues(type, comparable, min) < 0) {
    return `must be at least ${min}`;
  }
  return max !== undefined && compareValues(type, comparable, max) > 0 ? `must be at most ${max}` : null;
}

function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
}
