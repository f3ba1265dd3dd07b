import type { FieldComputation, FieldType, RollupComputation } from '@formwork/registry';
import { textAt } from '../data-access.ts';
import { compileComputation } from '../formula/compile-computation.ts';
import { byCode } from '../formula/sql-pieces.ts';
import { withoutSlots } from './own-fields.ts';
import { toJson } from './to-json.ts';

/** Zero; a quotient has at least the decimal places of its operands. */
const twentyPlaces = '0.00000000000000000000';

/** SQL for the JSON of a rollup, an aggregate over the records that are rolled up; null where it has no value. */
export function compileRolledValue({ function: how, rolled, filter }: RollupComputation): string {
  const counts = filterOf(filter);
  if (rolled === null) return `count(*)${counts}`;
  const { field, type } = rolled;
  const read = (as: FieldComputation['as']) =>
    compileComputation({ kind: 'field', field, fieldType: type, slot: null, as });
  switch (type) {
    case 'currency': {
      // Money of several currencies has no total.
      const [least, most] = ['min', 'max'].map((extreme) => `${extreme}(${read('currency')})${counts}`);
      const amount = number(how, read('amount'), counts);
      // Nor has money beyond all numbers: half of it would be no money either.
      return `case when ${least} = ${most} and ${amount} is not null then jsonb_build_object('amount', ${amount}, 'currency', ${least}) end`;
    }
    case 'date':
    case 'datetime':
      return toJson(`${how}(${read('operand')})${counts}`, type);
    case 'time':
      return `${how}(${textAt(field)} ${byCode})${counts}`;
    default:
      if (isText(type)) return text(how, textAt(field), counts);
      return `case when ${areAllNumbers(field, read('operand'), counts)} then ${number(how, read('operand'), counts)} end`;
  }
}

/**
 * Whether each value that is there can be reckoned with: some that a number field holds are beyond what a sum may be, and
 * leaving these away it would be wrong.
 */
function areAllNumbers(field: string, value: string, counts: string): string {
  return `count(${textAt(field)})${counts} = count(${value})${counts}`;
}

/**
 * The same of a count or sum, for records (`data`) that come or go (`sign`): by how much it changes, null for nothing. What
 * no sum can be added to (see formwork.add_up) has it computed anew.
 */
export function compileDifferenceValue({ rolled, filter }: RollupComputation): string {
  const counts = filterOf(filter);
  if (rolled === null) return `nullif(sum(r.sign)${counts}, 0)`;
  const { field, type } = rolled;
  const value = compileComputation({ kind: 'field', field, fieldType: type, slot: null, as: 'operand' });
  const difference = `nullif(sum(r.sign * (${value}))${counts}, 0)`;
  return `case when ${areAllNumbers(field, value, counts)} then ${difference} else 1e38 end`;
}

function filterOf(filter: RollupComputation['filter']): string {
  return filter === null ? '' : ` filter (where ${compileComputation(withoutSlots(filter))})`;
}

/** As an `orderBy` sorts texts: by their search key, then by themselves. */
function text(how: string, value: string, counts: string): string {
  const sorted = `case when ${value} is not null then array[formwork.text_key(${value}), ${value}] end`;
  return `((${how}(${sorted} ${byCode})${counts})[2])`;
}

function isText(type: FieldType): boolean {
  return type === 'text' || type === 'long_text' || type === 'email' || type === 'url' || type === 'phone';
}

/** A numeric that every field can hold, else null. Of nothing the sum is zero, and the others have no value. */
function number(how: string, value: string, counts: string): string {
  const sum = `sum(${value})${counts}`;
  if (how === 'sum') return bounded(`coalesce(${sum}, 0)`);
  if (how === 'avg') return bounded(`(${sum} + ${twentyPlaces}) / nullif(count(${value})${counts}, 0)`);
  return bounded(`${how}(${value})${counts}`);
}

function bounded(value: string): string {
  return `case when abs(${value}) < 1e38 then trim_scale(round(${value}, 20)) end`;
}
