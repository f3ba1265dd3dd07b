import { type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import { uniqueColumn } from '@formwork/registry';
import { columnOf } from './comparable.ts';
import type { ViewColumn } from './entity-view.ts';
import { encodeKeyPart, keyPart, keyText } from './key-text.ts';
import { listOperand } from './operand-list.ts';

/**
 * The condition on a field's unique key that follows from an operator on the field, for the key's index; null where
 * none does, or a search key serves already.
 */
export function compileUniqueOperator(
  alias: SqlFragment,
  column: ViewColumn,
  operator: string,
  operand: unknown,
  path: string,
): SqlFragment | null {
  const { key, uniqueKey } = column;
  const name = uniqueKey && uniqueColumn(uniqueKey);
  // JSON may hold more digits than a double: those would be equal as numbers and have another key.
  if (key !== null || !uniqueKey || !name || column.kind === 'float') return null;
  const value = columnOf(alias, name);
  switch (operator) {
    case 'eq':
      return sql`${value} = ${keyText(uniqueKey, [sql`${keyPart(column, operand, path)}::jsonb`])}`;
    case 'in': {
      const texts = listOperand(operand, path).map((item, index) =>
        encodeKeyPart(column, item, `${path}[${index}]`),
      );
      const keys = sql`select ${keyText(uniqueKey, [sql`x::jsonb`])} from unnest(${textArray(texts)}::text[]) x`;
      return sql`${value} = any (array(${keys}))`;
    }
    default:
      return null;
  }
}
