import { type Field, parseDateTime, parseDecimal, parseTime } from '@formwork/registry';
import type { PlannedValue } from './write-plan.ts';

/**
 * A checked value as it stands in `records.data`: JSON text, made by hand where a JavaScript number would lose
 * digits. The value is in the form that `prepareInput` gives: choices by name, decimals as text.
 */
export function encodeValue(field: Field, value: unknown): string {
  switch (field.type) {
    case 'decimal':
      return encodeDecimal(field, value);
    case 'currency': {
      const { amount, currency } = value as { readonly amount: unknown; readonly currency: unknown };
      return `{"amount":${encodeDecimal(field, amount)},"currency":${jsonText(currency)}}`;
    }
    case 'datetime':
      return jsonText(parseDateTime(String(value)));
    case 'time':
      return jsonText(parseTime(String(value)));
    case 'select':
      return jsonText(choiceKey(field, value));
    case 'multi_select':
      return jsonText((value as readonly unknown[]).map((item) => choiceKey(field, item)));
    case 'link':
      return jsonText(String(value).toLowerCase());
    default:
      return jsonText(value);
  }
}

/** Characters that stand in JSON as they are. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** JSON text of a value. */
export function jsonText(value: unknown): string {
  // Longer ones are looked at faster by JSON itself.
  if (typeof value === 'string' && value.length < 100 && plain.test(value)) return `"${value}"`;
  // Of a double it gives the shortest text that reads back as the same double; -0 becomes 0.
  return JSON.stringify(value);
}

/** `{"key":…,…}` of values that are JSON text already. Keys are ours, of letters, digits and "_". */
export function objectText(values: readonly PlannedValue[]): string {
  let object = '';
  // Piece by piece: a template would put those of each together first.
  for (const { key, text } of values) {
    object += object === '' ? '{"' : ',"';
    object += key;
    object += '":';
    object += text;
  }
  return object === '' ? '{}' : `${object}}`;
}

/** Zeros beyond the scale were let pass; they are not kept. */
function encodeDecimal({ options }: Field, value: unknown): string {
  const text = parseDecimal(value)?.text ?? 'null';
  const point = text.indexOf('.');
  if (point < 0) return text;
  const scale = options.scale ?? 20;
  return scale === 0 ? text.slice(0, point) : text.slice(0, point + 1 + scale);
}

function choiceKey(field: Field, name: unknown): string | undefined {
  for (const choice of field.choices) if (choice.name === name) return choice.key;
  return undefined;
}
