import { literal } from '@formwork/pg/sql-text';
import type { Field } from '@formwork/registry';

/**
 * SQL conditions for a JSON value that is of the field's type: that it keeps the field's bounds, lengths and digits, which
 * else the API asks for. (No pattern: Postgres has expressions of another kind.)
 */
export function keepsOptions(value: string, { type, options }: Field): readonly string[] {
  const text = `(${value} #>> '{}')`;
  const number = `(${type === 'currency' ? `(${value} -> 'amount')` : value} #>> '{}')::numeric`;
  const { min, max, minLength, maxLength, currencies, highest } = options;
  const conditions: string[] = [...(formats[type]?.(text) ?? [])];
  for (const [bound, operator] of [
    [min, '>='],
    [max, '<='],
    [type === 'rating' ? (highest ?? 5) : undefined, '<='],
  ] as const) {
    if (bound === undefined) continue;
    const isMoment = type === 'date' || type === 'datetime' || type === 'time';
    // Without the "Z" a fraction makes a text longer, and so greater.
    conditions.push(
      isMoment
        ? `rtrim(${text}, 'Z') collate "C" ${operator} rtrim(${literal(String(bound))}, 'Z') collate "C"`
        : `${number} ${operator} ${literal(String(bound))}::numeric`,
    );
  }
  if (type === 'rating') conditions.push(`${number} >= 1`);
  if (minLength !== undefined) conditions.push(`char_length(${text}) >= ${minLength}`);
  if (maxLength !== undefined) conditions.push(`char_length(${text}) <= ${maxLength}`);
  if (type === 'decimal' || type === 'currency') {
    const { precision = 38, scale = 20 } = options;
    const whole = `case when abs(${number}) < 1 then 0 else char_length(trunc(abs(${number}))::text) end`;
    conditions.push(`scale(trim_scale(${number})) <= ${scale}`);
    conditions.push(`${whole} + scale(trim_scale(${number})) <= ${precision}`);
  }
  if (type === 'currency' && currencies) {
    conditions.push(`${literal(JSON.stringify(currencies))}::jsonb ? (${value} ->> 'currency')`);
  }
  return conditions;
}

/** As far as Postgres can tell; the API knows more. A link that would run a script is none here either. */
const formats: Partial<Readonly<Record<Field['type'], (text: string) => readonly string[]>>> = {
  email: (text) => [
    `char_length(${text}) <= 254`,
    `${text} ~ '^[^@[:space:]]{1,64}@[^@.[:space:]]+([.][^@.[:space:]]+)+$'`,
  ],
  url: (text) => [
    `char_length(${text}) <= 4000`,
    `${text} ~* '^https?://[^[:space:]/?#]'`,
    `${text} !~ '[[:space:]]'`,
  ],
  phone: (text) => [
    `${text} ~* '^[+]?[0-9 ()./-]{2,40}( ?(x|ext[.]?) ?[0-9]{1,8})?$'`,
    `${text} ~ '[0-9].*[0-9]'`,
  ],
};
