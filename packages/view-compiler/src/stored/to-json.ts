import type { FieldType } from '@formwork/registry';
import { asText } from '../formula/sql-pieces.ts';

/** SQL for a computed value as it stands in `data`; null where there is none. */
export function toJson(value: string, type: FieldType): string {
  return type === 'date' || type === 'datetime' ? asText(`(${value})`, type) : `(${value})`;
}
