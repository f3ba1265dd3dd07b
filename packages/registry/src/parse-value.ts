import { isEmail, isPhoneNumber, isWebAddress, longestAddress } from './addresses.ts';
import { outOfBounds } from './bounds.ts';
import { isObject } from './check-json.ts';
import { type Decimal, parseDecimal } from './decimal.ts';
import type { FieldOptions, FieldType } from './document.ts';
import { assertNever } from './field-types.ts';
import { parseDate, parseDateTime, parseDuration, parseTime } from './temporal.ts';

/** A value in its canonical form, or why it is none, as the end of the sentence "The default … ". */
type ParsedValue = { readonly value: unknown } | { readonly reason: string };

const int32 = 2 ** 31;

/**
 * Whether a value of the design (a default) fits the type and its options. A pattern is left to registry-store, which has
 * an engine that cannot be made to run for ever.
 */
export function parseValue(type: FieldType, options: FieldOptions, value: unknown): ParsedValue {
  const parsed = parseForm(type, options, value);
  const reason = 'reason' in parsed ? null : outOfBounds(type, options, parsed.value);
  return reason === null ? parsed : { reason };
}

function parseForm(type: FieldType, options: FieldOptions, value: unknown): ParsedValue {
  switch (type) {
    case 'text':
    case 'long_text':
      return typeof value === 'string' ? fitLength(value, options) : { reason: 'must be text' };
    case 'email':
      return typeof value === 'string' && isEmail(value)
        ? fitLength(value, options, longestAddress.email)
        : { reason: 'must be an e-mail address' };
    case 'url':
      return typeof value === 'string' && isWebAddress(value)
        ? fitLength(value, options, longestAddress.url)
        : { reason: 'must be a web address, as "https://example.com"' };
    case 'phone':
      return typeof value === 'string' && isPhoneNumber(value)
        ? fitLength(value, options)
        : { reason: 'must be a phone number, as "+49 30 901820"' };
    case 'integer':
      return parseInteger(value, -int32, int32 - 1);
    case 'rating':
      return parseInteger(value, 0, options.highest ?? 5);
    case 'number':
    case 'percent':
      return typeof value === 'number' ? { value } : { reason: 'must be a number' };
    case 'decimal':
      return fitDigits(parseDecimal(value), options);
    case 'currency':
      return parseMoney(value, options);
    case 'boolean':
      return typeof value === 'boolean' ? { value } : { reason: 'must be true or false' };
    case 'date':
      return orReason(parseDate(value), 'must be a date as "2026-11-21"');
    case 'datetime':
      return orReason(parseDateTime(value), 'must be a date and time with offset, as "2026-11-21T10:00:00Z"');
    case 'time':
      return orReason(parseTime(value), 'must be a time as "10:00:00"');
    case 'duration':
      return orReason(parseDuration(value), 'must be an ISO 8601 duration as "P1DT2H"');
    case 'select':
      return parseChoice(value, options);
    case 'multi_select':
      return parseChoices(value, options);
    case 'json':
      return { value: structuredClone(value) };
    case 'autonumber':
    case 'link':
    case 'links':
    case 'rollup':
    case 'lookup':
    case 'formula':
      return { reason: `cannot be given: a field of type "${type}" has none` };
    default:
      return assertNever(type);
  }
}

function orReason(value: string | null, reason: string): ParsedValue {
  return value === null ? { reason } : { value };
}

function fitLength(
  value: string,
  { minLength = 0, maxLength = Infinity }: FieldOptions,
  most = Infinity,
): ParsedValue {
  const length = [...value].length;
  const longest = Math.min(maxLength, most);
  if (length < minLength) {
    return { reason: `must have at least ${minLength} characters` };
  }
  return length > longest ? { reason: `must have at most ${longest} characters` } : { value };
}

function parseInteger(value: unknown, least: number, most: number): ParsedValue {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
    ? { value: value + 0 }
    : { reason: `must be a whole number from ${least} to ${most}` };
}

function fitDigits(decimal: Decimal | null, { scale = 20, precision = 38 }: FieldOptions): ParsedValue {
  if (decimal === null) {
    return { reason: 'must be a decimal as "12.50"' };
  }
  if (decimal.fractionDigits > scale || decimal.wholeDigits + decimal.fractionDigits > precision) {
    return { reason: `must have at most ${precision} digits, at most ${scale} of them after the point` };
  }
  return { value: decimal.text };
}

function parseMoney(value: unknown, options: FieldOptions): ParsedValue {
  const keys = isObject(value) ? Object.keys(value).sort().join() : '';
  if (!isObject(value) || keys !== 'amount,currency') {
    return { reason: 'must be an object as { "amount": "12.50", "currency": "EUR" }' };
  }
  const { amount, currency } = value;
  const allowed = options.currencies;
  if (typeof currency !== 'string' || !(allowed?.includes(currency) ?? /^[A-Z]{3}$/.test(currency))) {
    return { reason: `must have ${allowed ? 'one of the currencies allowed' : 'a currency code as "EUR"'}` };
  }
  const fitted = fitDigits(parseDecimal(amount), options);
  return 'reason' in fitted ? fitted : { value: { amount: fitted.value, currency } };
}

function parseChoice(value: unknown, options: FieldOptions): ParsedValue {
  if (typeof value !== 'string' || !isChoice(value, options)) {
    return { reason: 'must be the key of one of the choices' };
  }
  return options.initial?.includes(value) === false ? { reason: 'must be one of "initial"' } : { value };
}

function isChoice(key: string, { choices = [] }: FieldOptions): boolean {
  return choices.some((choice) => choice.key === key);
}

function parseChoices(value: unknown, options: FieldOptions): ParsedValue {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string' && isChoice(item, options))) {
    return { reason: 'must be a list of keys of the choices' };
  }
  return new Set(value).size === value.length ? { value } : { reason: 'must not list a choice twice' };
}
