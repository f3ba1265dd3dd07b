import type { Kind } from './model.ts';
import { bad, given } from './naive-errors.ts';

/**
 * Dates and moments against now and by parts of the calendar. What a clock on the wall shows stands here as if it were
 * UTC, in milliseconds.
 */
const formats = new Map<string, Intl.DateTimeFormat>();

export function checkZone(zone: unknown, path: string): string {
  try {
    const name = String(zone);
    if (!/^[A-Za-z][A-Za-z0-9_/+-]*$/.test(name)) throw new Error('no name');
    if (!formats.has(name)) formats.set(name, formatOf(name));
    return name;
  } catch {
    throw bad(path, 'is no time zone');
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const number = 'numeric';
  return new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: number, month: number, day: number },
    ...{ hour: number, minute: number, second: number, era: 'short' },
  });
}

/** What the clock on the wall shows at a moment. */
function wallOf(moment: number, zone: string): number {
  const parts = Object.fromEntries(
    (formats.get(zone) ?? formatOf(zone)).formatToParts(moment).map(({ type, value }) => [type, value]),
  );
  const part = (name: string) => Number(parts[name]);
  const date = new Date(0);
  date.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  // It shows no fractions; without them the clock stood still for a second, and what was just written lay in the future.
  const fraction = ((moment % 1000) + 1000) % 1000;
  date.setUTCHours(part('hour'), part('minute'), part('second'), fraction);
  return date.getTime();
}

/** The moment at which the clock shows it: what is near it in time, brought closer twice. */
function momentOf(wall: number, zone: string): number {
  let moment = wall;
  for (let turn = 0; turn < 2; turn += 1) moment += wall - wallOf(moment, zone);
  return moment;
}

type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** The first moment of the part of the calendar. */
export function truncate(wall: number, unit: Unit): number {
  const date = new Date(wall);
  date.setUTCHours(0, 0, 0, 0);
  if (unit === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  if (unit === 'month') date.setUTCDate(1);
  if (unit === 'quarter') date.setUTCMonth(Math.floor(date.getUTCMonth() / 3) * 3, 1);
  if (unit === 'year') date.setUTCMonth(0, 1);
  return date.getTime();
}

const milliseconds = { minutes: 60_000, hours: 3_600_000, days: 86_400_000, weeks: 604_800_000 };
const months = { months: 1, years: 12 };
const most = {
  minutes: 525_600_000,
  hours: 8_760_000,
  days: 365_000,
  weeks: 52_000,
  months: 12_000,
  years: 1000,
};

function add(wall: number, unit: string, count: number): number {
  if (unit in milliseconds) return wall + count * milliseconds[unit as 'days'];
  const date = new Date(wall);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + count * months[unit as 'months']);
  const last = new Date(date);
  last.setUTCMonth(last.getUTCMonth() + 1, 0);
  date.setUTCDate(Math.min(day, last.getUTCDate()));
  return date.getTime();
}

/** "2026-11-21", of the year 1 too. */
function dayText(wall: number): string {
  return new Date(wall).toISOString().slice(0, 'yyyy-mm-dd'.length);
}

/** Whether a date or moment lies where `during`, `last` or `next` say. */
export function relativeTest(
  kind: Kind,
  operator: string,
  operand: unknown,
  path: string,
): (value: string) => boolean {
  const { timeZone, ...rest } = given(operand, path) as Record<string, unknown>;
  const zone = checkZone(timeZone ?? 'UTC', path);
  const toRange = (wall: number) => (kind === 'date' ? wall : momentOf(wall, zone));
  const range =
    operator === 'during' ? periodOf(rest, zone, toRange) : spanOf(kind, operator, rest, zone, path, toRange);
  return (value) => {
    const { from, to, rolling } = range();
    const isDate = kind === 'date';
    const at = Date.parse(isDate ? `${value}T00:00:00Z` : value);
    const bound = (end: number) => (isDate ? truncate(end, 'day') : end);
    return rolling ? at > bound(from) && at <= bound(to) : at >= bound(from) && at < bound(to);
  };
}

/** Of a date what a clock on the wall shows, of a moment the moment itself. */
type ToRange = (wall: number) => number;

interface Range {
  readonly from: number;
  readonly to: number;
  readonly rolling: boolean;
}

function periodOf({ period }: Record<string, unknown>, zone: string, toRange: ToRange): () => Range {
  const name = String(period);
  const days = ['YESTERDAY', 'TODAY', 'TOMORROW'].indexOf(name) - 1;
  const [which = '', unit = 'DAY'] = name.split('_');
  const away = days === -2 ? ['LAST', 'THIS', 'NEXT'].indexOf(which) - 1 : days;
  const part = unit.toLowerCase() as Unit;
  return () => {
    const start = truncate(wallOf(Date.now(), zone), part);
    const step = (count: number) =>
      toRange(part === 'quarter' ? add(start, 'months', 3 * count) : add(start, `${part}s`, count));
    return { from: step(away), to: step(away + 1), rolling: false };
  };
}

function spanOf(
  kind: Kind,
  operator: string,
  operand: Record<string, unknown>,
  zone: string,
  path: string,
  toRange: ToRange,
): () => Range {
  const units = Object.entries(operand).filter(([, count]) => count !== null && count !== undefined);
  const [unit, count] = units[0] ?? ['', 0];
  if (units.length !== 1) throw bad(path, 'must have one unit');
  const number = Number(count);
  if (number < 1 || number > most[unit as 'days']) throw bad(path, 'must be from 1');
  if (kind === 'date' && (unit === 'minutes' || unit === 'hours')) throw bad(path, 'is shorter than a day');
  return () => {
    const moment = Date.now();
    const clock = wallOf(moment, zone);
    const count = operator === 'last' ? -number : number;
    // Hours are those that pass, whatever clocks are set to meanwhile.
    const isExact = unit === 'minutes' || unit === 'hours';
    const now = kind === 'date' ? truncate(clock, 'day') : moment;
    const end = isExact ? add(moment, unit, count) : toRange(add(kind === 'date' ? now : clock, unit, count));
    return operator === 'last'
      ? { from: end, to: now, rolling: true }
      : { from: now, to: end, rolling: false };
  };
}

/** The first day of the part of the calendar that a date or a moment lies in. */
export function calendarDay(kind: Kind, value: string, part: string, zone: string): string {
  const wall = kind === 'date' ? Date.parse(`${value}T00:00:00Z`) : wallOf(Date.parse(value), zone);
  return dayText(truncate(wall, part.toLowerCase() as Unit));
}
