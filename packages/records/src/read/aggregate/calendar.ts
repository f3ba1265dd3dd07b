import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { isTimeZone, quote } from '@formwork/registry';
import { isPlainObject } from '../../validate/plain-object.ts';
import { badInput } from '../bad-input.ts';
import type { ViewColumn } from '../entity-view.ts';

const parts: Readonly<Record<string, string>> = {
  DAY: 'day',
  WEEK: 'week',
  MONTH: 'month',
  QUARTER: 'quarter',
  YEAR: 'year',
};

/**
 * The first day of the part of the calendar that a day or a moment lies in. Throws BAD_USER_INPUT for an unknown part
 * or time zone.
 */
export function calendarPart(
  column: ViewColumn,
  value: SqlFragment,
  group: unknown,
  path: string,
): SqlFragment {
  if (!isPlainObject(group)) {
    throw badInput(path, 'must say a part of the calendar, such as { part: "MONTH", timeZone: "UTC" }.');
  }
  const { part, timeZone } = group;
  const name = typeof part === 'string' && Object.hasOwn(parts, part) ? parts[part] : undefined;
  if (name === undefined) throw badInput(`${path}.part`, `must be one of ${Object.keys(parts).join(', ')}.`);
  const zonePath = `${path}.timeZone`;
  if (column.kind === 'date') {
    if (timeZone !== undefined && timeZone !== null) {
      throw badInput(zonePath, `is for moments, and a date is the same day everywhere. Leave it out.`);
    }
    return sql`date_trunc(${name}::text, ${value}::timestamp)::date`;
  }
  const zone = timeZoneName(timeZone ?? 'UTC', zonePath);
  return sql`date_trunc(${name}::text, ${value} at time zone ${zone}::text)::date`;
}

/** Throws BAD_USER_INPUT for what is no name of a time zone. */
export function timeZoneName(name: unknown, path: string): string {
  if (isTimeZone(name)) return name;
  const reason = `must be a time zone such as "Europe/Berlin", by its whole name, and ${quote(name)} is none.`;
  throw badInput(path, reason);
}
