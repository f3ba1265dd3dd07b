import { mapValue, OpenValue, type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import { parseDate, parseDateTime, parseDecimal, parseDuration, parseTime, quote } from '@formwork/registry';
import { assertStorable, badInput, normalizeId } from './bad-input.ts';
import type { ViewColumn } from './entity-view.ts';
import type { ValueKind } from './value-kind.ts';

/** Kinds whose values are one scalar that Postgres can compare. */
export type ScalarKind = Exclude<ValueKind, 'money' | 'multi_select' | 'json'>;

/** A value as Postgres reads it: the text, or what it will be. */
export type OperandText = string | OpenValue<string>;

/** The same of a list. */
export type OperandTexts = readonly string[] | OpenValue<readonly string[]>;

const types: Readonly<Record<ScalarKind, string>> = {
  id: 'uuid',
  text: 'text',
  int: 'int8',
  float: 'float8',
  decimal: 'numeric',
  boolean: 'boolean',
  date: 'date',
  datetime: 'timestamptz',
  time: 'time',
  // "PT60M" is as long as "PT1H".
  duration: 'interval',
  select: 'text',
};

/** The Postgres type that values of the kind are compared as. */
export function typeOf(kind: ScalarKind): SqlFragment {
  return sql.raw(types[kind]);
}

/** A value as a typed parameter. */
export function parameter(kind: ScalarKind, text: OperandText): SqlFragment {
  return sql`${kind === 'id' ? sql.unseen(text) : text}::${typeOf(kind)}`;
}

/** Values as one typed array, so that lists of any length have the same SQL. */
export function arrayParameter(kind: ScalarKind, texts: OperandTexts): SqlFragment {
  return sql`${mapValue(texts, textArray)}::${typeOf(kind)}[]`;
}

/** A value of a filter or a key as Postgres reads it, canonical. Throws BAD_USER_INPUT for one of another type. */
export function operandText(column: ViewColumn, value: unknown, path: string): OperandText {
  return value instanceof OpenValue
    ? value.map((known) => knownOperand(column, known, path))
    : knownOperand(column, value, path);
}

/** The same of a value that is there. */
export function knownOperand(column: ViewColumn, value: unknown, path: string): string {
  if (value === null || value === undefined) throw nullOperand(path);
  const text = checks[column.kind as ScalarKind](value, column, path);
  if (text === null) {
    throw badInput(path, `must be ${expectations[column.kind as ScalarKind]}, and ${quote(value)} is not.`);
  }
  return text;
}

export function nullOperand(path: string): Error {
  return badInput(path, 'is null, which matches nothing. Leave it out, or ask with "isNull".');
}

type Check = (value: unknown, column: ViewColumn, path: string) => string | null;

const ofString =
  (parse: (text: string) => string | null): Check =>
  (value) =>
    typeof value === 'string' ? parse(value) : null;

const storable: Check = (value, _column, path) =>
  typeof value === 'string' ? assertStorable(value, path) : null;

const checks: Readonly<Record<ScalarKind, Check>> = {
  id: ofString(normalizeId),
  text: storable,
  int: (value) => (Number.isSafeInteger(value) ? String(value) : null),
  float: (value) => (typeof value === 'number' && Number.isFinite(value) ? String(value) : null),
  decimal: (value) => decimalText(value),
  boolean: (value) => (typeof value === 'boolean' ? String(value) : null),
  date: ofString(parseDate),
  datetime: ofString(parseDateTime),
  time: ofString(parseTime),
  duration: ofString(parseDuration),
  select: (value, column) => choiceKey(column, value),
};

const expectations: Readonly<Record<ScalarKind, string>> = {
  id: 'an id: a UUID such as "0193f5a2-7c1e-7000-8000-000000000000"',
  text: 'a text',
  int: 'a whole number',
  float: 'a finite number',
  decimal: 'a decimal number of at most 100 digits, such as "12.50"',
  boolean: 'true or false',
  date: 'a date such as "2026-11-21"',
  datetime: 'a date and time with an offset, such as "2026-11-21T10:00:00Z"',
  time: 'a time of day such as "09:30:00"',
  duration: 'a duration as in ISO 8601, such as "PT1H30M"',
  select: 'one of the choices',
};

/** A hundred digits are more than any field has, and few enough to be a double for the search key. */
const mostDigits = 100;

function decimalText(value: unknown): string | null {
  const decimal = parseDecimal(value);
  return decimal === null || decimal.wholeDigits + decimal.fractionDigits > mostDigits ? null : decimal.text;
}

/** Clients know a choice by its name ("IN_PROGRESS"), records hold its key ("in_progress"). */
export function choiceKey(column: ViewColumn, value: unknown): string | null {
  return column.field?.choices.find((choice) => choice.name === value || choice.key === value)?.key ?? null;
}
