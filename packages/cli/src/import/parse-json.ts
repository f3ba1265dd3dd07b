import { isLosslessNumber, isSafeNumber, LosslessNumber, parse } from 'lossless-json';

/** Only then can a number have more digits than a double keeps; everything else is left to the fast parser. */
const longNumber = /[\d.]{16}|[eE][+-]?\d{2}/;

/**
 * JSON as values; a number that a double would change is a `LosslessNumber`, so that a decimal field gets its digits.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  if (!longNumber.test(text)) return JSON.parse(text);
  return parse(text, undefined, (number) =>
    isSafeNumber(number) ? Number(number) : new LosslessNumber(number),
  );
}

/** The same value with plain numbers, as `JSON.parse` would have read it. */
export function toPlainJson(value: unknown): unknown {
  if (isLosslessNumber(value)) return Number(value.value);
  if (Array.isArray(value)) return value.map(toPlainJson);
  if (typeof value !== 'object' || value === null) return value;
  // fromEntries defines properties: a "__proto__" from outside stays an ordinary name.
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toPlainJson(item)]));
}
