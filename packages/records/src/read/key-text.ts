import { OpenValue, type SqlFragment, sql } from '@formwork/pg/sql-text';
import { type Field, fieldTypeRule, type UniqueKey } from '@formwork/registry';
import { isPlainObject } from '../validate/plain-object.ts';
import { badInput } from './bad-input.ts';
import type { ViewColumn } from './entity-view.ts';
import { knownOperand, type OperandText } from './operand.ts';

/**
 * The text of a unique key, as the trigger makes it (see `compileEntityStorage` and sql/002). `parts`: SQL for each
 * part as jsonb, in the order of the key's fields.
 */
export function keyText({ fields, caseInsensitive }: UniqueKey, parts: readonly SqlFragment[]): SqlFragment {
  const texts = fields.map((field, index) => {
    const kind = sql.literal(isFolded(field, caseInsensitive) ? 'fold' : 'exact');
    return sql`formwork.key_part(${kind}, ${parts[index] ?? sql`null`})`;
  });
  return sql`formwork.unique_key(array[${sql.join(texts)}])`;
}

function isFolded({ type }: Field, caseInsensitive: boolean): boolean {
  return caseInsensitive && fieldTypeRule(type).encoding === 'folded';
}

/**
 * JSON of a value as it would stand in `data`; equal values of a type have one text in a key. The text of a key loses
 * nothing (long ones are hashed by sha256), so nothing has to be compared again. Throws BAD_USER_INPUT.
 */
export function encodeKeyPart(column: ViewColumn, value: unknown, path: string): string {
  if (column.kind === 'money') {
    if (!isPlainObject(value)) throw badInput(path, 'must have an "amount" and a "currency".');
    const amount = knownOperand({ ...column, kind: 'decimal' }, value['amount'], `${path}.amount`);
    const currency = knownOperand({ ...column, kind: 'text' }, value['currency'], `${path}.currency`);
    return `{"amount":${amount},"currency":${JSON.stringify(currency)}}`;
  }
  const text = knownOperand(column, value, path);
  switch (column.kind) {
    case 'int':
    case 'float':
    case 'decimal':
    case 'boolean':
      return text;
    default:
      return JSON.stringify(text);
  }
}

/** The same of a value that may not be known yet. */
export function keyPart(column: ViewColumn, value: unknown, path: string): OperandText {
  return value instanceof OpenValue
    ? value.map((known) => encodeKeyPart(column, known, path))
    : encodeKeyPart(column, value, path);
}
