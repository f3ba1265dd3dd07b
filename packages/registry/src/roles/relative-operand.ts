import { isObject } from '../check-json.ts';
import { isTimeZone } from '../time-zone.ts';

/** Operators of dates and moments that are relative to now. */
export type RelativeOperator = 'during' | 'last' | 'next';

const days = ['TODAY', 'YESTERDAY', 'TOMORROW'];
const units = ['WEEK', 'MONTH', 'QUARTER', 'YEAR'];
const periods = new Set([
  ...days,
  ...units.flatMap((unit) => [`THIS_${unit}`, `LAST_${unit}`, `NEXT_${unit}`]),
]);

/** Each unit, with how many of them are a thousand years. */
const most = new Map([
  ['minutes', 525_600_000],
  ['hours', 8_760_000],
  ['days', 365_000],
  ['weeks', 52_000],
  ['months', 12_000],
  ['years', 1_000],
]);

/** Why `{ "period": "TODAY" }` or `{ "days": 7 }` is none, as the end of a sentence; null if it is one. */
export function relativeProblem(
  operator: RelativeOperator,
  isDate: boolean,
  operand: unknown,
): string | null {
  if (!isObject(operand)) {
    return 'must be an object, such as { "days": 7 } or { "period": "TODAY" }';
  }
  const { timeZone, ...rest } = operand;
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    return 'must have a "timeZone" such as "Europe/Berlin"';
  }
  const [[name, value] = ['', null], ...more] = Object.entries(rest);
  if (operator === 'during') {
    const isPeriod = name === 'period' && more.length === 0 && periods.has(String(value));
    return isPeriod ? null : `must have a "period": ${[...periods].join(', ')}`;
  }
  const limit = isDate && (name === 'minutes' || name === 'hours') ? undefined : most.get(name);
  if (limit === undefined || more.length > 0) {
    return `must have exactly one of ${[...most.keys()].slice(isDate ? 2 : 0).join(', ')}`;
  }
  const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= limit;
  return isCount ? null : `must have "${name}" from 1 to ${limit}`;
}
