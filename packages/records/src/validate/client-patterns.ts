import type { FieldOptions } from '@formwork/registry';
import type { JsonSchema } from './schema-types.ts';

/** What no usual format says, as patterns that any validator of JSON Schema knows. */
export const clientPatterns = {
  // The lengths of its parts.
  email: '^[^@]{1,64}@([^.]{1,63}\\.)+[^.]{1,63}$',
  // A host, and what may stand around it.
  url: '^[hH][tT][tT][pP][sS]?://([^\\s/?#]*@)?(\\[[0-9A-Fa-f:.]+\\]|[^\\s/?#@:\\[\\]]+)(:\\d{0,5})?([/?#]\\S*)?$',
  phone: '^(?=\\D*\\d\\D*\\d)\\+?[\\d ().\\-/]{2,40}( ?([xX]|[eE][xX][tT]\\.?) ?\\d{1,8})?$',
  // No year 0, no leap second, an offset with a colon, and no more digits than are kept.
  date: '^(?!0000)',
  dateTime:
    '^(?!0000)\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:[0-5]\\d(\\.\\d{1,6}0*)?([Zz]|[+\\-]\\d{2}:\\d{2})$',
  time: '^([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,6}0*)?)?$',
  duration:
    '^P(?=\\d|T\\d)(\\d{1,8}Y)?(\\d{1,8}M)?(\\d{1,8}W)?(\\d{1,8}D)?(T(?=\\d)(\\d{1,8}H)?(\\d{1,8}M)?(\\d{1,8}(\\.\\d{1,6})?S)?)?$',
  currency: '^[A-Z]{3}$',
} as const;

/**
 * A decimal of so many digits; no sign where the least is not negative. Zeros at the ends do not count. The more digits
 * stand behind the point, the fewer may before it.
 */
export function decimalPattern({ precision = 38, scale = 20, min }: FieldOptions): string {
  const sign = min !== undefined && Number(min) >= 0 ? '' : '-?';
  const fractions = Array.from({ length: Math.min(scale, precision) }, (_, index) => index + 1);
  const forms = fractions.map((digits) => `|\\d{0,${precision - digits}}\\.\\d{${digits}}0*`);
  return `^${sign}(?=\\d)0*(\\d{0,${precision}}(\\.0+)?${forms.join('')})$`;
}

/** The schema with one more pattern: the designer may have given one. */
export function alsoMatching(schema: JsonSchema, pattern: string): JsonSchema {
  return 'pattern' in schema ? { ...schema, allOf: [{ pattern }] } : { ...schema, pattern };
}
