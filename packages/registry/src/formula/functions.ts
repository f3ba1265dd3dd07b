import { didYouMean } from '../did-you-mean.ts';
import { quote } from '../quote.ts';
import { parseDate, parseDateTime } from '../temporal.ts';
import { type FormulaType, type FunctionName, timeUnits } from './computation.ts';
import type { FormulaErrorCode } from './formula-error.ts';
import { call, isNumber, type Typed, typeNames, unify, withType } from './typed.ts';

/** Makes the error for a place in the expression. */
export type Raise = (what: string, at: number, hint?: string, code?: FormulaErrorCode) => Error;

/** What one argument may be. unit: one of the units as a text; digits: a whole number that is written out. */
type Parameter = FormulaType | 'any' | 'moment' | 'unit' | 'digits';

interface FunctionRule {
  readonly takes: readonly Parameter[];
  /** How many of the last ones may be left out. */
  readonly optional?: number;
  /** The last one may be given again and again. */
  readonly several?: boolean;
  readonly gives: FormulaType | ((parts: readonly Typed[], raise: Raise) => FormulaType);
}

const ofText = { takes: ['text'], gives: 'text' } as const;
const ofNumber = { takes: ['number'], gives: typeOfFirst } as const;
const ofMoment = { takes: ['moment'], gives: 'integer' } as const;
const asksText = { takes: ['text', 'text'], gives: 'boolean' } as const;
const cutsText = { takes: ['text', 'number'], gives: 'text' } as const;
const extreme = { takes: ['any'], several: true, gives: orderedType } as const;

/** The functions of the language. */
const functions: Readonly<Record<FunctionName, FunctionRule>> = {
  if: { takes: ['boolean', 'any', 'any'], gives: (parts, raise) => commonType(parts.slice(1), raise) },
  coalesce: { takes: ['any'], several: true, gives: commonType },
  is_null: { takes: ['any'], gives: 'boolean' },
  min: extreme,
  max: extreme,
  abs: ofNumber,
  floor: ofNumber,
  ceil: ofNumber,
  round: { takes: ['number', 'digits'], optional: 1, gives: typeOfFirst },
  upper: ofText,
  lower: ofText,
  trim: ofText,
  length: { takes: ['text'], gives: 'integer' },
  left: cutsText,
  right: cutsText,
  mid: { takes: ['text', 'number', 'number'], gives: 'text' },
  contains: asksText,
  starts_with: asksText,
  ends_with: asksText,
  text: { takes: ['any'], gives: 'text' },
  number: { takes: ['text'], gives: 'number' },
  date: { takes: ['any'], gives: 'date' },
  datetime: { takes: ['any'], gives: 'datetime' },
  today: { takes: [], gives: 'date' },
  now: { takes: [], gives: 'datetime' },
  date_add: { takes: ['moment', 'number', 'unit'], gives: sumType },
  date_diff: { takes: ['moment', 'moment', 'unit'], gives: 'integer' },
  year: ofMoment,
  month: ofMoment,
  day: ofMoment,
  hour: { takes: ['datetime'], gives: 'integer' },
  minute: { takes: ['datetime'], gives: 'integer' },
};

const functionNames = Object.keys(functions);

/** Whether text is the name of a function ("constructor" is not). */
function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(functions, name);
}

/** What a function makes of its arguments; throws where they do not fit. */
export function checkFunction(name: string, parts: readonly Typed[], at: number, raise: Raise): Typed {
  if (!isFunctionName(name)) {
    const hint = didYouMean(name, functionNames) || ` There are: ${functionNames.join(', ')}.`;
    throw raise(`Unknown function ${quote(name)}`, at, hint);
  }
  const rule = functions[name];
  checkCount(name, rule, parts, at, raise);
  for (const [index, part] of parts.entries()) {
    checkParameter(name, rule.takes[index] ?? rule.takes.at(-1) ?? 'any', part, raise);
  }
  if (name === 'date' || name === 'datetime') {
    return convertMoment(name, parts[0] as Typed, at, raise);
  }
  const type = typeof rule.gives === 'string' ? rule.gives : rule.gives(parts, raise);
  const typed = parts.map((part, index) =>
    withType(part, typeOfNull(rule.takes[index] ?? 'any', rule, type)),
  );
  return call(name, type, typed, at);
}

/** What null is taken for where it is given. */
function typeOfNull(parameter: Parameter, { gives }: FunctionRule, type: FormulaType): FormulaType {
  switch (parameter) {
    case 'any':
      // Alternatives are of the type of the whole.
      return typeof gives === 'string' ? 'text' : type;
    case 'moment':
      return 'datetime';
    case 'unit':
      return 'text';
    case 'digits':
      return 'integer';
    default:
      return parameter;
  }
}

function checkCount(
  name: string,
  rule: FunctionRule,
  parts: readonly Typed[],
  at: number,
  raise: Raise,
): void {
  const most = rule.several ? Number.POSITIVE_INFINITY : rule.takes.length;
  const least = rule.takes.length - (rule.optional ?? 0);
  if (parts.length < least || parts.length > most) {
    const count = least === most ? String(least) : rule.several ? `${least} or more` : `${least} to ${most}`;
    throw raise(`"${name}" takes ${count} arguments and is given ${parts.length}`, at);
  }
}

function checkParameter(name: string, parameter: Parameter, { type, value, at }: Typed, raise: Raise): void {
  const text = value.kind === 'constant' ? value.text : null;
  switch (parameter) {
    case 'any':
      return;
    case 'unit':
      if (!timeUnits.some((unit) => unit === text)) {
        throw raise(
          `"${name}" needs one of the units ${timeUnits.map((unit) => `"${unit}"`).join(', ')}`,
          at,
        );
      }
      return;
    case 'digits':
      if (type !== 'integer' || text === null || Number(text) > 20) {
        throw raise(`"${name}" needs a number of digits from 0 to 20`, at);
      }
      return;
    default:
      if (type !== 'null' && !fits(parameter, type)) {
        const wanted = parameter === 'moment' ? 'a date, with or without time' : typeNames[parameter];
        throw raise(`"${name}" needs ${wanted}, and there is ${typeNames[type]}`, at);
      }
  }
}

function fits(parameter: FormulaType | 'moment', type: FormulaType): boolean {
  if (parameter === 'moment') {
    return type === 'date' || type === 'datetime';
  }
  return parameter === type || (parameter === 'number' && isNumber(type));
}

function typeOfFirst([first]: readonly Typed[]): FormulaType {
  return first?.type === 'null' ? 'integer' : (first?.type ?? 'number');
}

function sumType([moment, , unit]: readonly Typed[], raise: Raise): FormulaType {
  const text = unit?.value.kind === 'constant' ? unit.value.text : null;
  if (moment?.type === 'date' && (text === 'seconds' || text === 'minutes' || text === 'hours')) {
    throw raise(`A date has no ${text}`, unit?.at ?? 0, ' Make it a date with time: datetime(…).');
  }
  return moment?.type === 'date' ? 'date' : 'datetime';
}

function commonType(parts: readonly Typed[], raise: Raise): FormulaType {
  let type: FormulaType = 'null';
  for (const part of parts) {
    const common = unify(type, part.type);
    if (common === null) {
      const what = `Values to choose from must be of one type: after ${typeNames[type]} there is ${typeNames[part.type]}`;
      throw raise(what, part.at);
    }
    type = common;
  }
  if (type === 'null') {
    throw raise('Values to choose from are all null', parts[0]?.at ?? 0, ' Give at least one.');
  }
  return type;
}

function orderedType(parts: readonly Typed[], raise: Raise): FormulaType {
  const type = commonType(parts, raise);
  if (type === 'boolean') {
    throw raise(`There is no least or greatest of ${typeNames[type]}`, parts[0]?.at ?? 0);
  }
  return type;
}

/** Of a text only if it is written out, so that what is no date is found now. */
function convertMoment(name: 'date' | 'datetime', part: Typed, at: number, raise: Raise): Typed {
  if (part.type === 'date' || part.type === 'datetime' || part.type === 'null') {
    return call(name, name, [withType(part, name)], at);
  }
  const text = part.value.kind === 'constant' && part.type === 'text' ? part.value.text : null;
  if (text === null) {
    const what = `"${name}" takes a date, or a text that is written out, and there is ${typeNames[part.type]}`;
    throw raise(what, part.at);
  }
  const canonical = name === 'date' ? parseDate(text) : parseDateTime(text);
  if (canonical === null) {
    const example = name === 'date' ? '2026-11-21' : '2026-11-21T10:00:00Z';
    throw raise(`${quote(text)} is no ${name}`, part.at, ` Write it as "${example}".`);
  }
  return { type: name, value: { kind: 'constant', type: name, text: canonical }, at };
}
