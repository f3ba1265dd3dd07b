import type { FieldOptions } from '@formwork/registry';
import type { JsonSchema } from './schema-types.ts';

/** What no usual format says, as patterns that any validator of JSON Schema knows. */
export const clientPatterns = {
  url: '^[hH][tT][tT][pP][sS]?://[^\\s/?#]\\S*$',
  phone: '^\\+?[\\d ().\\-/]{2,40}( ?([xX]|[eE][xX][tT]\\.?) ?\\d{1,8})?$',
  time: '^([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6}0*)?$',
  duration:
    '^P(?=\\d|T\\d)(\\d{1,8}Y)?(\\d{1,8}M)?(\\d{1,8}W)?(\\d{1,8}D)?(T(?=\\d)(\\d{1,8}H)?(\\d{1,8}M)?(\\d{1,8}(\\.\\d{1,6})?S)?)?$',
  currency: '^[A-Z]{3}$',
} as const;

/** A decimal of so many digits; no sign where the least is not negative. Zeros at the ends do not count. */
export function decimalPattern({ precision = 38, scale = 20, min }: FieldOptions): string {
  const sign = min !== undefined && Number(min) >= 0 ? '' : '-?';
  const fraction = scale === 0 ? '(\\.0+)?' : `(\\.\\d{1,${scale}}0*)?`;
  return `^${sign}0*\\d{1,${precision}}${fraction}$`;
}

/** The schema with one more pattern: the designer may have given one. */
export function alsoMatching(schema: JsonSchema, pattern: string): JsonSchema {
  return 'pattern' in schema ? { ...schema, allOf: [{ pattern }] } : { ...schema, pattern };
}
