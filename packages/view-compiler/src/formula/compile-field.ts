import { identifier } from '@formwork/pg/sql-text';
import type { FieldComputation, FieldType } from '@formwork/registry';
import { jsonAt } from '../data-access.ts';
import { storedTypes } from '../stored-types.ts';
import { byCode } from './sql-pieces.ts';

/** Beyond this a number is none for a formula, and so is what lies behind the twentieth digit of a fraction. */
const bound = '1e38';
const fraction = 20;

/** SQL for a stored field of the row at hand. */
export function compileFieldComputation({ field, fieldType, slot, as }: FieldComputation): string {
  if (as === 'amount') {
    return boundedJson(`(${jsonAt(field)}) -> 'amount'`);
  }
  if (as === 'currency') {
    return `(${jsonAt(field)} ->> 'currency') ${byCode}`;
  }
  // A float8 in Postgres becomes a numeric of 15 digits; data has all of them.
  if (as === 'operand' && (fieldType === 'number' || fieldType === 'percent' || fieldType === 'decimal')) {
    return boundedJson(jsonAt(field));
  }
  const type = storedTypes[fieldType];
  if (type === null)
    throw new Error(`The field "${field}" of type "${fieldType}" has no value to compute with`);
  // What a superuser can plant into a slot (an infinite date) is nothing that arithmetic could bear.
  const isMoment = fieldType === 'date' || fieldType === 'datetime';
  const fromData = slot === null || !type.fromSlot || (as === 'operand' && isMoment);
  const value = fromData ? type.fromData(field) : type.fromSlot(identifier(slot));
  const isWhole = type === storedTypes.integer;
  if (as === 'column') return value;
  if (isWhole) return `(${value})::numeric`;
  return texts.has(fieldType) ? `(${value}) ${byCode}` : value;
}

const texts: ReadonlySet<FieldType> = new Set(['text', 'long_text', 'email', 'url', 'phone', 'select']);

/** A JSON value lies between two numbers only if it is one. */
function boundedJson(json: string): string {
  const value = `(${json})`;
  return `case when ${value} between '-${bound}' and '${bound}' then round(${value}::numeric, ${fraction}) end`;
}
