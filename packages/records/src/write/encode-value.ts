import { type Field, parseDateTime, parseDecimal, parseTime } from '@formwork/registry';

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
      return `{"amount":${encodeDecimal(field, amount)},"currency":${JSON.stringify(currency)}}`;
    }
    case 'datetime':
      return JSON.stringify(parseDateTime(String(value)));
    case 'time':
      return JSON.stringify(parseTime(String(value)));
    case 'select':
      return JSON.stringify(choiceKey(field, value));
    case 'multi_select':
      return JSON.stringify((value as readonly unknown[]).map((item) => choiceKey(field, item)));
    case 'link':
      return JSON.stringify(String(value).toLowerCase());
    default:
      // Of a double, JSON.stringify gives the shortest text that reads back as the same double; -0 becomes 0.
      return JSON.stringify(value);
  }
}

/** `{"key":…,…}` of values that are JSON text already. */
export function objectText(entries: Iterable<readonly [string, string]>): string {
  let object = '{';
  for (const [key, text] of entries) {
    if (object.length > 1) object += ',';
    object += `${JSON.stringify(key)}:${text}`;
  }
  return `${object}}`;
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
  return field.choices.find((choice) => choice.name === name)?.key;
}
