import { literal } from '@formwork/pg/sql-text';
import { pathTo } from '../data-access.ts';

/**
 * SQL for the text of a date or time under a storage key, null where none of the templates fits: jsonpath converts
 * without raising. It costs 1 µs a value over a bare cast; a regular expression that knows the lengths of months
 * cost 4, and an exception block starts a subtransaction.
 */
export function readMoment(key: string, ...templates: readonly string[]): string {
  const attempts = templates.map(
    (template) =>
      `jsonb_path_query_first(data, ${literal(`${pathTo(key)}.datetime(${template})`)}, silent => true)`,
  );
  const [only = 'null'] = attempts;
  return `(${attempts.length > 1 ? `coalesce(${attempts.join(', ')})` : only} #>> '{}')`;
}
