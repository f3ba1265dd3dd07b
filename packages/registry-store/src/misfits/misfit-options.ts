import { type SqlFragment, type TransactionSql, sql as text } from '@formwork/pg';
import type { Field, FieldOptions, Problem } from '@formwork/registry';
import { countOf, examplesOf, findRecords } from '../find-records.ts';
import { type Comparison, pathOfField } from './comparison.ts';
import { findMismatches } from './misfit-pattern.ts';

/** A rule that was not there before: which values break it, and how a sentence about them ends. */
interface NewRule {
  /** Of a record `r`; says nothing about values of another type than the field's. */
  readonly isBroken: SqlFragment;
  readonly says: string;
}

/**
 * Values that bounds, lengths, digits, currencies or a pattern do not allow that are new or have become narrower. What
 * the database checks itself (types, choices, required) is found by `findMisfitValues`.
 */
export async function findMisfitOptions(sql: TransactionSql, comparison: Comparison): Promise<Problem[]> {
  const { entity, was } = comparison;
  const problems: Problem[] = [];
  for (const field of entity.fields) {
    const before = was.fieldByStorageKey.get(field.storageKey);
    if (before === undefined) continue;
    const report = (says: string, found: Parameters<typeof countOf>[0]) => {
      const message =
        `${countOf(found)} of "${entity.key}" with a value of "${field.key}" ${says}: ${examplesOf(found)}. ` +
        'Change these values first, or leave the rule as it is.';
      problems.push({
        code: 'VALUES_DO_NOT_FIT',
        path: pathOfField(comparison, field),
        message,
        records: found,
      });
    };
    for (const { isBroken, says } of newRules(field, before)) {
      const found = await findRecords(
        sql,
        text`from formwork.records r where r.entity_type = ${entity.storageKey} and r.deleted_at is null
          and r.data ? ${field.storageKey} and ${isBroken}`,
      );
      if (found) report(says, found);
    }
    const { pattern } = field.options;
    if (pattern === undefined || pattern === before.options.pattern) continue;
    const found = await findMismatches(sql, entity.storageKey, field.storageKey, pattern);
    if (found === 'takes too long') {
      const message = `The pattern ${pattern} of "${field.key}" takes too long to match the values that are there. Write it more simply.`;
      problems.push({
        code: 'PATTERN_INVALID',
        path: `${pathOfField(comparison, field)}.options.pattern`,
        message,
      });
    } else if (found) report(`that the pattern ${pattern} does not match`, found);
  }
  return problems;
}

function newRules(field: Field, before: Field): NewRule[] {
  const value = text`(r.data -> ${field.storageKey}::text)`;
  const { min, max, minLength, maxLength, precision, scale, currencies, highest } = changed(field, before);
  const length = text`char_length(${value} #>> '{}')`;
  const rules: NewRule[] = [];
  const add = (isBroken: SqlFragment, says: string) => void rules.push({ isBroken, says });
  if (min !== undefined) add(compared(field, value, '<', min), `less than ${min}`);
  for (const most of [max, highest]) {
    if (most !== undefined) add(compared(field, value, '>', most), `more than ${most}`);
  }
  if (minLength !== undefined) {
    add(ofText(value, text`${length} < ${minLength}::int`), `of fewer than ${minLength} characters`);
  }
  if (maxLength !== undefined) {
    add(ofText(value, text`${length} > ${maxLength}::int`), `of more than ${maxLength} characters`);
  }
  if (scale !== undefined) {
    const isBroken = ofNumber(field, value, (number) => text`scale(trim_scale(${number})) > ${scale}::int`);
    add(isBroken, `of more than ${scale} digits after the point`);
  }
  if (precision !== undefined) {
    const isBroken = ofNumber(field, value, (number) => text`${digitsOf(number)} > ${precision}::int`);
    add(isBroken, `of more than ${precision} digits`);
  }
  if (currencies !== undefined) {
    const isBroken = text`not ${JSON.stringify(currencies)}::text::jsonb ? (${value} ->> 'currency')`;
    add(isBroken, `in another currency than ${currencies.join(', ')}`);
  }
  return rules;
}

/** The options that are not as they were; all of them where the field has become one of another type. */
function changed(field: Field, before: Field): FieldOptions {
  const isOther = ([name, value]: [string, unknown]) =>
    field.type !== before.type ||
    JSON.stringify(value) !== JSON.stringify(before.options[name as keyof FieldOptions]);
  return Object.fromEntries(Object.entries(field.options).filter(isOther));
}

function compared(
  field: Field,
  value: SqlFragment,
  operator: '<' | '>',
  bound: number | string,
): SqlFragment {
  const than = text.raw(operator);
  switch (field.type) {
    case 'date':
    case 'datetime':
    case 'time':
      // Without the "Z" a fraction makes a text longer, and so greater.
      return ofText(
        value,
        text`rtrim(${value} #>> '{}', 'Z') collate "C" ${than} rtrim(${String(bound)}, 'Z') collate "C"`,
      );
    default:
      return ofNumber(field, value, (number) => text`${number} ${than} ${String(bound)}::numeric`);
  }
}

function ofText(value: SqlFragment, condition: SqlFragment): SqlFragment {
  return text`case jsonb_typeof(${value}) when 'string' then ${condition} else false end`;
}

/** Of money the amount. */
function ofNumber(
  { type }: Field,
  value: SqlFragment,
  condition: (number: SqlFragment) => SqlFragment,
): SqlFragment {
  const number = type === 'currency' ? text`(${value} -> 'amount')` : value;
  return text`case jsonb_typeof(${number}) when 'number' then ${condition(text`(${number} #>> '{}')::numeric`)} else false end`;
}

/** Digits before the point and after it; zeros at either end do not count. */
function digitsOf(number: SqlFragment): SqlFragment {
  return text`(case when abs(${number}) < 1 then 0 else char_length(trunc(abs(${number}))::text) end
    + scale(trim_scale(${number})))`;
}
