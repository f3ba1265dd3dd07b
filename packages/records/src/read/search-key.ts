import { mapValue, type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import type { OperandText, OperandTexts, ScalarKind } from './operand.ts';

/**
 * How a search key is made from a value (the twin of sql/002, where the trigger makes it). A key is compared without
 * leaking, so Postgres can use its index under row-level security; a record without the value has the key `none`,
 * which sorts behind all others.
 */
export interface KeyRule {
  readonly type: SqlFragment;
  readonly none: SqlFragment;
  /** The key's text from the value's text. */
  readonly text: (value: string) => string;
}

const same = (value: string): string => value;

const number: KeyRule = { type: sql`float8`, none: sql`'NaN'::float8`, text: same };
const moment: KeyRule = { type: sql`timestamptz`, none: sql`'infinity'::timestamptz`, text: same };
const exactText: KeyRule = { type: sql`text`, none: sql`formwork.text_null()`, text: same };

/** Null for kinds that have no search key, and for text, whose key Postgres makes (see text-key.ts). */
const rules: Readonly<Record<ScalarKind, KeyRule | null>> = {
  id: null,
  text: null,
  int: number,
  float: number,
  decimal: number,
  boolean: { ...number, text: (value) => (value === 'true' ? '1' : '0') },
  date: { ...moment, text: (value) => `${value} 00:00:00+00` },
  datetime: moment,
  time: exactText,
  duration: null,
  select: exactText,
};

export function keyRule(kind: ScalarKind): KeyRule {
  const rule = rules[kind];
  if (rule === null) throw new Error(`Values of the kind "${kind}" have no search key of this form`);
  return rule;
}

/** The key of a value as a parameter. */
export function keyParameter(rule: KeyRule, value: OperandText): SqlFragment {
  return sql`${mapValue(value, rule.text)}::${rule.type}`;
}

export function keyArrayParameter(rule: KeyRule, values: OperandTexts): SqlFragment {
  return sql`${mapValue(values, (known) => textArray(known.map(rule.text)))}::${rule.type}[]`;
}
