import { OpenValue } from '@formwork/pg/sql-text';

/** An object that is no list. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof OpenValue)
  );
}
