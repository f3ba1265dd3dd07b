import type { FieldType } from '../document.ts';
import { OperandRefusal } from './check-formula.ts';
import type { FieldComputation, FormulaType } from './computation.ts';

/** What a stored field is inside a formula. */
interface OperandType {
  readonly type: FormulaType;
  readonly as: FieldComputation['as'];
}

/** Throws an `OperandRefusal` for types that formulas do not know. `part`: what was asked for of the value. */
export function operandTypeOf(key: string, type: FieldType, part: string | null): OperandType {
  if (type === 'currency') {
    if (part !== 'amount' && part !== 'currency') {
      throw new OperandRefusal('is money', ` Say "${key}.amount" or "${key}.currency".`);
    }
    return { type: part === 'amount' ? 'number' : 'text', as: part };
  }
  const known = plainOperands[type];
  if (known === null) {
    const isLink = type === 'link';
    const hint = isLink ? ` Say which field of what it leads to: "${key}.name".` : '';
    throw new OperandRefusal(`is of type "${type}", which formulas cannot compute with`, hint);
  }
  if (part !== null) {
    throw new OperandRefusal(`is of type "${type}" and has no "${part}"`, '');
  }
  return { type: known, as: 'operand' };
}

const plainOperands: Readonly<Record<Exclude<FieldType, 'currency'>, FormulaType | null>> = {
  text: 'text',
  long_text: 'text',
  email: 'text',
  url: 'text',
  phone: 'text',
  integer: 'integer',
  rating: 'integer',
  autonumber: 'integer',
  number: 'number',
  percent: 'number',
  decimal: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  select: 'text',
  time: null,
  duration: null,
  multi_select: null,
  json: null,
  link: null,
  links: null,
  rollup: null,
  // Resolved by what they give.
  lookup: null,
  formula: null,
};
