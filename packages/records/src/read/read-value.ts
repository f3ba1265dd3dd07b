import type { ViewColumn } from './entity-view.ts';
import type { ValueKind } from './value-kind.ts';

/** A value in Postgres' text, ready for GraphQL to serialise; null stays null. */
export function readValue(column: ViewColumn, text: string | null): unknown {
  return text === null ? null : readers[column.kind](text, column);
}

/** The same for many values of one column. */
export function valueReader(column: ViewColumn): (text: string | null) => unknown {
  if (column.kind === 'select') return choiceReader(column);
  const read = readers[column.kind];
  if (read === asItIs) return (text) => text;
  return (text) => (text === null ? null : read(text, column));
}

type Reader = (text: string, column: ViewColumn) => unknown;

const asItIs: Reader = (text) => text;

const readers: Readonly<Record<ValueKind, Reader>> = {
  id: asItIs,
  text: asItIs,
  int: Number,
  // Postgres writes the shortest text that gives the same double back.
  float: Number,
  decimal: asItIs,
  money: readMoney,
  // Postgres' own output is "t"; cast to text it is "true".
  boolean: (text) => text === 't' || text === 'true',
  date: asItIs,
  datetime: readDateTime,
  time: asItIs,
  duration: asItIs,
  select: (key, column) => choiceName(column, key),
  multi_select: (text, column) => (JSON.parse(text) as string[]).map((key) => choiceName(column, key)),
  json: (text) => JSON.parse(text),
};

/** Postgres writes jsonb in one way only, so the amount can be cut out: JSON.parse would lose its digits. */
const moneyPattern = /^\{"amount": (-?[\d.]+), "currency": "([^"]*)"\}$/;

function readMoney(text: string): Money {
  const money = findMoney(text);
  if (money === null) throw new Error('A currency value has an unknown form');
  return money;
}

interface Money {
  readonly amount: string;
  readonly currency: string;
}

export function findMoney(text: string): Money | null {
  const [, amount, currency] = moneyPattern.exec(text) ?? [];
  return amount === undefined || currency === undefined ? null : { amount, currency };
}

const timestampPattern =
  /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/;

const wholeSecond = '2026-11-21 10:00:00+00';

/**
 * "2026-11-21 10:00:00.5+00" becomes "2026-11-21T10:00:00.5Z". The fraction is carried over as text, since a
 * JavaScript date would lose the microseconds; the offset is that of the session's time zone, whatever it is.
 */
function readDateTime(text: string): string {
  // Most are whole seconds, written in UTC: no other form is of this length, with these signs in these places.
  if (text.length === wholeSecond.length && text[10] === ' ' && text.endsWith('+00')) {
    return `${text.slice(0, 10)}T${text.slice(11, 19)}Z`;
  }
  const match = timestampPattern.exec(text);
  if (match === null) throw new Error(`A timestamp has an unknown form: ${text}`);
  const [, year, month, day, hour, minute, second, fraction = '', sign, hours, minutes = '0', seconds = '0'] =
    match.map((part) => part as string | undefined);
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * (sign === '-' ? -1 : 1);
  const digits = fraction.replace(/0+$/, '');
  const end = `${digits === '' ? '' : `.${digits}`}Z`;
  if (offset === 0) return `${year}-${month}-${day}T${hour}:${minute}:${second}${end}`;
  const local = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return new Date(local - offset * 1000).toISOString().slice(0, 19) + end;
}

function choiceReader(column: ViewColumn): (key: string | null) => unknown {
  // The first of a key counts, as when it is looked for.
  const names = new Map([...(column.field?.choices ?? [])].reverse().map(({ key, name }) => [key, name]));
  return (key) => (key === null ? null : (names.get(key) ?? key));
}

/** A key that is no choice any more is shown as it is, for GraphQL to complain: hiding it would look like no value. */
export function choiceName(column: ViewColumn, key: string): string {
  return column.field?.choices.find((choice) => choice.key === key)?.name ?? key;
}
