import { literal } from '@formwork/pg/sql-text';
import { type ConversionWay, conversionRule, type Field } from '@formwork/registry';
import { pathTo } from '../data-access.ts';
import { storedTypes } from '../stored-types.ts';
import { keepsOptions } from './keeps-options.ts';

export interface ConvertOptions {
  /** What the other type has no place for is left out; else such a value has no counterpart. */
  readonly allowLoss: boolean;
  /** Whether bounds, lengths and digits of the other field are asked for, beside its type. */
  readonly withOptions: boolean;
}

/**
 * SQL for the counterpart of a JSON value in another field; null where it has none. `value` is the name of a variable or
 * column, for it is written out more than once.
 */
export function convertValue(value: string, from: Field, to: Field, options: ConvertOptions): string {
  const rule = conversionRule(from.type, to.type);
  const type = storedTypes[to.type];
  if (rule === null || type === null) {
    throw new Error(`No value of "${from.type}" becomes one of "${to.type}".`);
  }
  const made = ways[rule.way]({ value, text: `(${value} #>> '{}')`, from, to, ...options });
  const isOfType = `jsonb_build_object('v', c.r) @@ ${literal(type.condition(pathTo('v'), to))}::jsonpath`;
  const checks = [isOfType, ...(options.withOptions ? keepsOptions('c.r', to) : [])];
  return `(select case when ${checks.join(' and ')} then c.r end from (select ${made} as r offset 0) c)`;
}

interface Given extends ConvertOptions {
  readonly value: string;
  readonly text: string;
  readonly from: Field;
  readonly to: Field;
}

const ways: Readonly<Record<ConversionWay, (given: Given) => string>> = {
  same: ({ value }) => value,
  asText: ({ text }) => `to_jsonb(${text})`,
  readNumber: ({ text, to }) => {
    const number = `btrim(${text})::numeric`;
    const isWhole = to.type === 'integer' || to.type === 'rating';
    return `case when btrim(${text}) ~ '^[+-]?[0-9]{1,40}([.][0-9]{1,20})?$' then to_jsonb(${isWhole ? `trim_scale(${number})` : number}) end`;
  },
  readFlag: ({ text }) =>
    `case when lower(btrim(${text})) in ('true', 'yes', '1') then 'true'::jsonb ` +
    `when lower(btrim(${text})) in ('false', 'no', '0') then 'false'::jsonb end`,
  readText: ({ text }) => `to_jsonb(btrim(${text}))`,
  readChoice: ({ text, to }) => {
    const given = `lower(btrim(${text}) collate "C")`;
    const cases = to.choices.map(
      ({ key, label }) =>
        `when ${given} in (${literal(key)}, lower(${literal(label)} collate "C")) then to_jsonb(${literal(key)}::text)`,
    );
    return `case ${cases.join(' ')} end`;
  },
  readMoment: ({ text }) => {
    const utc = `regexp_replace(btrim(${text}), '([+]00:?00|[+]00|-00:?00)$', 'Z')`;
    return (
      `to_jsonb(case when btrim(${text}) ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then btrim(${text}) || 'T00:00:00Z' ` +
      `when ${utc} ~ '[.][0-9]+Z$' then regexp_replace(${utc}, '[.]?0*Z$', 'Z') else ${utc} end)`
    );
  },
  whole: ({ value, text, allowLoss }) => {
    const number = `${text}::numeric`;
    const made = allowLoss
      ? `to_jsonb(round(${number}))`
      : `case when ${number} = trunc(${number}) then to_jsonb(trim_scale(${number})) end`;
    return ofType(value, 'number', made);
  },
  float: ({ value, text, allowLoss }) => {
    const float = `${text}::float8`;
    const made = allowLoss
      ? `to_jsonb(${float})`
      : `case when (${float})::numeric = ${text}::numeric then ${value} end`;
    return ofType(value, 'number', made);
  },
  amount: ({ value, from }) =>
    `case when ${value} ->> 'currency' = ${literal(onlyCurrency(from))} then ${value} -> 'amount' end`,
  money: ({ value, to }) =>
    `jsonb_build_object('amount', ${value}, 'currency', ${literal(onlyCurrency(to))}::text)`,
  flagToNumber: ({ value }) => `case ${value} when 'true' then '1'::jsonb when 'false' then '0'::jsonb end`,
  numberToFlag: ({ value }) => `case ${value} when '1' then 'true'::jsonb when '0' then 'false'::jsonb end`,
  midnight: ({ text }) => `to_jsonb(${text} || 'T00:00:00Z')`,
  day: ({ text, allowLoss }) =>
    allowLoss
      ? `to_jsonb(left(${text}, 10))`
      : `case when ${text} like '__________T00:00:00Z' then to_jsonb(left(${text}, 10)) end`,
  choices: ({ value }) => `jsonb_build_array(${value})`,
  choice: ({ value, allowLoss }) =>
    ofType(
      value,
      'array',
      allowLoss ? `${value} -> 0` : `case when jsonb_array_length(${value}) = 1 then ${value} -> 0 end`,
    ),
};

/** A case is tried in its order, so nothing is computed of a value of another type. */
function ofType(value: string, type: 'number' | 'array', made: string): string {
  return `case when jsonb_typeof(${value}) = '${type}' then ${made} end`;
}

function onlyCurrency({ options }: Field): string {
  return options.currencies?.[0] ?? '';
}
