import { literal } from '@formwork/pg/sql-text';
import { assertNever, type CallName, type Computation, type FormulaType } from '@formwork/registry';
import { capitalLetters, smallLetters } from './letters.ts';
import { asText, bind, byCode } from './sql-pieces.ts';

const textCalls = [
  ...(['join', 'upper', 'lower', 'trim', 'length', 'left', 'right', 'mid'] as const),
  ...(['contains', 'starts_with', 'ends_with', 'text', 'number'] as const),
];
type TextCall = (typeof textCalls)[number];

export function isTextCall(name: CallName): name is TextCall {
  return textCalls.some((call) => call === name);
}

/** Joined text that is longer, in characters, is null: Postgres has an end of its own, and it is an error there. */
const longestJoin = 100_000;
const spaces = String.raw`E' \t\r\n'`;
const numberForm = literal('^[+-]?[0-9]{1,38}([.][0-9]{1,20})?$');

export function compileTextCall(
  name: TextCall,
  types: readonly FormulaType[],
  parts: readonly Computation[],
  values: readonly string[],
): string {
  const [a = 'null', b = 'null', c = 'null'] = values;
  switch (name) {
    case 'join':
      return join(values.map((value, index) => joined(value, types[index] ?? 'text', parts[index])));
    case 'upper':
      return `translate(upper(${a} ${byCode}), ${literal(smallLetters)}, ${literal(capitalLetters)})`;
    case 'lower':
      return `translate(lower(${a} ${byCode}), ${literal(capitalLetters)}, ${literal(smallLetters)})`;
    case 'trim':
      return `btrim(${a}, ${spaces})`;
    case 'length':
      return `length(${a})::numeric`;
    case 'left':
    case 'right':
      return bind({ _a: a, _n: b }, `case when _n is not null then ${name}(_a, ${count('_n')}) end`);
    case 'mid': {
      const start = 'greatest(least(trunc(_s), 10000000), 1)::int';
      const body = `case when _s is not null and _n is not null then substr(_a, ${start}, ${count('_n')}) end`;
      return bind({ _a: a, _s: b, _n: c }, body);
    }
    case 'contains':
      return `strpos(${a} ${byCode}, ${b} ${byCode}) > 0`;
    case 'starts_with':
      return `starts_with(${a} ${byCode}, ${b} ${byCode})`;
    case 'ends_with':
      return `starts_with(reverse(${a}) ${byCode}, reverse(${b}) ${byCode})`;
    case 'text':
      return asText(a, types[0] ?? 'text');
    case 'number':
      return bind(
        { _a: `btrim(${a}, ${spaces}) ${byCode}` },
        `case when _a ~ ${numberForm} then _a::numeric end`,
      );
    default:
      return assertNever(name);
  }
}

/** One side of a join; what is missing joins as nothing. */
function joined(value: string, type: FormulaType, part: Computation | undefined): string {
  const text = `coalesce(${asText(value, type)}, '')`;
  return part?.kind === 'constant' || type !== 'text' ? text : `left(${text}, ${longestJoin + 1})`;
}

function join(sides: readonly string[]): string {
  return bind(
    { _v: `(${sides.join(' || ')}) ${byCode}` },
    `case when length(_v) <= ${longestJoin} then _v end`,
  );
}

/** A number of characters; how many are too many does not matter, for no text is as long. */
function count(number: string): string {
  return `greatest(least(trunc(${number}), 10000000), 0)::int`;
}
