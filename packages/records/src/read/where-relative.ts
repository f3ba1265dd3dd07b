import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { quote } from '@formwork/registry';
import { isPlainObject } from '../validate/plain-object.ts';
import { timeZoneName } from './aggregate/calendar.ts';
import { badInput } from './bad-input.ts';
import type { Comparable } from './comparable.ts';

/**
 * From the first moment (or day), up to and without the second; `rolling` starts behind the first and ends with the second.
 * Moments as such, days as local midnights.
 */
interface Range {
  readonly from: SqlFragment;
  readonly to: SqlFragment;
  readonly rolling: boolean;
}

/**
 * One operator of a filter on dates and moments that is relative to now, or null where it is none of them:
 * `during: { period: THIS_MONTH }`, `last: { days: 7 }` (up to now; of days those that end with today), `next` (from
 * now; of days those that begin with today). What day it is depends on the time zone, UTC unless given.
 */
export function compileRelativeOperator(
  subject: Comparable,
  operator: string,
  operand: unknown,
  path: string,
): SqlFragment | null {
  if (operator !== 'during' && operator !== 'last' && operator !== 'next') return null;
  if (subject.kind !== 'date' && subject.kind !== 'datetime') return null;
  if (!isPlainObject(operand))
    throw badInput(path, 'must be an object, such as { days: 7 } or { period: TODAY }.');
  const { timeZone, ...rest } = operand;
  const zone = sql`${timeZoneName(timeZone ?? 'UTC', `${path}.timeZone`)}::text`;
  const local = sql`(now() at time zone ${zone})`;
  const here: Here = {
    local,
    toRange: (time) => (subject.kind === 'datetime' ? sql`(${time} at time zone ${zone})` : time),
  };
  const range = operator === 'during' ? period(here, rest, path) : span(subject, here, rest, operator, path);
  return within(subject, range);
}

/** Where the days begin. */
interface Here {
  /** What time it is there. */
  readonly local: SqlFragment;
  /** A local time as ranges have it. */
  readonly toRange: (local: SqlFragment) => SqlFragment;
}

const units = ['day', 'week', 'month', 'quarter', 'year'] as const;

/** By name: a unit of the calendar, and how many of them away from now. */
const periods: ReadonlyMap<string, readonly [unit: string, away: number]> = new Map([
  ['TODAY', ['day', 0]],
  ['YESTERDAY', ['day', -1]],
  ['TOMORROW', ['day', 1]],
  ...units.slice(1).flatMap((unit): [string, readonly [string, number]][] => [
    [`THIS_${unit.toUpperCase()}`, [unit, 0]],
    [`LAST_${unit.toUpperCase()}`, [unit, -1]],
    [`NEXT_${unit.toUpperCase()}`, [unit, 1]],
  ]),
]);

function period(
  { local, toRange }: Here,
  { period: name }: Readonly<Record<string, unknown>>,
  path: string,
): Range {
  const known = periods.get(String(name));
  if (known === undefined) {
    throw badInput(
      `${path}.period`,
      `must be one of ${[...periods.keys()].join(', ')}, and ${quote(name)} is not.`,
    );
  }
  const [unit, away] = known;
  const at = (offset: number) =>
    toRange(sql`(date_trunc(${unit}::text, ${local}) + ${stepOf(unit, offset)}::interval)`);
  return { from: at(away), to: at(away + 1), rolling: false };
}

function stepOf(unit: string, count: number): string {
  return unit === 'quarter' ? `${3 * count} months` : `${count} ${unit}s`;
}

/** Each unit, with how many of them are a thousand years: so far from now every moment can be computed. */
const spanUnits: Readonly<Record<string, number>> = {
  minutes: 525_600_000,
  hours: 8_760_000,
  days: 365_000,
  weeks: 52_000,
  months: 12_000,
  years: 1_000,
};

/** Units of the clock: on the day that summer ends five hours before noon are not those that a clock on the wall shows. */
const clockUnits = new Set(['minutes', 'hours']);

function span(
  { kind }: Comparable,
  { local, toRange }: Here,
  operand: Readonly<Record<string, unknown>>,
  operator: 'last' | 'next',
  path: string,
): Range {
  const given = Object.entries(operand).filter(([, count]) => count !== undefined && count !== null);
  const [[unit, count] = ['', 0]] = given;
  const most = Object.hasOwn(spanUnits, unit) ? spanUnits[unit] : undefined;
  if (given.length !== 1 || most === undefined) {
    throw badInput(path, `must have exactly one of ${Object.keys(spanUnits).join(', ')}.`);
  }
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > most) {
    throw badInput(
      `${path}.${unit}`,
      `must be a whole number from 1 to ${most}, and ${quote(count)} is not.`,
    );
  }
  if (kind === 'date' && clockUnits.has(unit)) {
    throw badInput(`${path}.${unit}`, 'is shorter than a day, and this is a date. Ask for days or more.');
  }
  const length = sql`${operator === 'last' ? sql`-` : sql`+`} ${`${count} ${unit}`}::interval`;
  const today = sql`date_trunc('day', ${local})`;
  const now = kind === 'date' ? today : sql`now()`;
  const far = clockUnits.has(unit)
    ? sql`(now() ${length})`
    : toRange(sql`(${kind === 'date' ? today : local} ${length})`);
  return operator === 'last' ? { from: far, to: now, rolling: true } : { from: now, to: far, rolling: false };
}

/** Days become what the column, or its search key, is compared with. Both ends are there, so nulls never match. */
function within({ kind, value, key }: Comparable, { from, to, rolling }: Range): SqlFragment {
  const bound = (end: SqlFragment) => {
    if (kind === 'datetime') return end;
    return key === null ? sql`${end}::date` : sql`(${end}::date::timestamp at time zone 'UTC')`;
  };
  const subject = key?.expression ?? value;
  return rolling
    ? sql`(${subject} > ${bound(from)} and ${subject} <= ${bound(to)})`
    : sql`(${subject} >= ${bound(from)} and ${subject} < ${bound(to)})`;
}
