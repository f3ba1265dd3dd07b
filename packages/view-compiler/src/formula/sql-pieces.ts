import type { FormulaType } from '@formwork/registry';

/** Collations come from fields and slots and differ, and Postgres raises where two meet: so all text says which. */
export const byCode = 'collate "C"';

/**
 * SQL over values that are needed more than once: written out in place, an expression would double with every level.
 * `offset 0` keeps Postgres from doing just that.
 */
export function bind(values: Readonly<Record<string, string>>, body: string): string {
  const columns = Object.entries(values).map(([name, value]) => `${value} as ${name}`);
  return `(select ${body} from (select ${columns.join(', ')} offset 0) f)`;
}

/** A value as text, as it reads in the API. */
export function asText(value: string, type: FormulaType): string {
  switch (type) {
    case 'number':
    case 'integer':
      return `(trim_scale(${value})::text ${byCode})`;
    case 'boolean':
      return `(${value}::text ${byCode})`;
    case 'date':
      return `(to_char(${value}, 'YYYY-MM-DD') ${byCode})`;
    case 'datetime': {
      const digits = `to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`;
      return `((rtrim(rtrim(${digits}, '0'), '.') || 'Z') ${byCode})`;
    }
    default:
      return value;
  }
}

/** A day or moment as a timestamp without time zone, in UTC whatever the session's is. */
export function asTimestamp(value: string, type: FormulaType): string {
  return type === 'date' ? `(${value}::timestamp)` : `(${value} at time zone 'UTC')`;
}
