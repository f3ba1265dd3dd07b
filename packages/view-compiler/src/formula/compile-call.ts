import {
  assertNever,
  type CallName,
  type Computation,
  type FormulaType,
  type TimeUnit,
} from '@formwork/registry';
import { compileDateAdd, compileDateDiff } from './compile-moments.ts';
import { compileTextCall, isTextCall } from './compile-text.ts';
import { asTimestamp, bind, byCode } from './sql-pieces.ts';

type Compile = (computation: Computation) => string;

/** SQL for an operator or function, in brackets. */
export function compileCall(
  name: CallName,
  types: readonly FormulaType[],
  parts: readonly Computation[],
  compile: Compile,
): string {
  const values = parts.map((part) => `(${compile(part)})`);
  const [a = 'null', b = 'null', c = 'null'] = values;
  const [type = 'null', second = 'null'] = types;
  if (isTextCall(name)) {
    return `(${compileTextCall(name, types, parts, values)})`;
  }
  switch (name) {
    case 'negate':
      return `(- ${a})`;
    case 'add':
      return `(${a} + ${b})`;
    case 'subtract':
      return `(${a} - ${b})`;
    case 'multiply':
      return `(${a} * ${b})`;
    case 'divide':
      return `(${a} / nullif(${b}, 0))`;
    case 'modulo':
      return `(${a} % nullif(${b}, 0))`;
    case 'equal':
    case 'not_equal':
    case 'less':
    case 'less_or_equal':
    case 'greater':
    case 'greater_or_equal':
      return `(${ordered(a, type)} ${symbols[name]} ${ordered(b, second)})`;
    case 'and':
    case 'or':
      return `(${a} ${name} ${b})`;
    case 'not':
      return `(not ${a})`;
    case 'if':
      return `(case when ${a} then ${b} else ${c} end)`;
    case 'is_null':
      return `(${a} is null)`;
    case 'coalesce':
      return `coalesce(${values.join(', ')})`;
    case 'min':
      return `least(${values.map((value, index) => ordered(value, types[index])).join(', ')})`;
    case 'max':
      return `greatest(${values.map((value, index) => ordered(value, types[index])).join(', ')})`;
    case 'abs':
    case 'floor':
    case 'ceil':
      return `${name}${a}`;
    case 'round':
      return parts[1] === undefined ? `round${a}` : `round(${a}, ${Number(textOf(parts[1]))})`;
    case 'date':
      return type === 'datetime' ? `(${asTimestamp(a, type)}::date)` : a;
    case 'datetime':
      return type === 'date' ? `(${asTimestamp(a, type)} at time zone 'UTC')` : a;
    case 'today':
      return `((now() at time zone 'UTC')::date)`;
    case 'now':
      return 'now()';
    case 'date_add':
      return compileDateAdd(a, type, b, textOf(parts[2]) as TimeUnit);
    case 'date_diff':
      return compileDateDiff([a, type], [b, second], textOf(parts[2]) as TimeUnit);
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
    case 'minute':
      return `extract(${name} from ${asTimestamp(a, type)})`;
    case 'result':
      return compileResult(a, type);
    default:
      return assertNever(name);
  }
}

const symbols = {
  equal: '=',
  not_equal: '<>',
  less: '<',
  less_or_equal: '<=',
  greater: '>',
  greater_or_equal: '>=',
} as const;

function ordered(value: string, type: FormulaType | undefined): string {
  return type === 'text' ? `(${value} ${byCode})` : value;
}

/** What a constant says; a unit or a number of digits is one, as the registry has checked. */
function textOf(part: Computation | undefined): string {
  if (part?.kind !== 'constant' || part.text === null) throw new Error('A constant argument is none');
  return part.text;
}

/** As a column of the result's type: a number that no field can hold is null. */
function compileResult(value: string, type: FormulaType): string {
  switch (type) {
    case 'number':
      return bind({ _v: value }, 'case when abs(_v) < 1e38 then trim_scale(round(_v, 20)) end');
    case 'integer':
      return bind({ _v: value }, 'case when _v between -2147483648 and 2147483647 then _v::int end');
    default:
      return value;
  }
}
