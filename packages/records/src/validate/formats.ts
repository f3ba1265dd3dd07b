import {
  compareDecimals,
  compareMoments,
  isEmail,
  isPhoneNumber,
  isWebAddress,
  longestAddress,
  parseDate,
  parseDateTime,
  parseDecimal,
  parseDuration,
  parseTime,
} from '@formwork/registry';
import type { FormatDefinition } from 'ajv';

/** Checks a text; `compare` makes `formatMinimum` and `formatMaximum` work. */
type Format = Pick<FormatDefinition<string>, 'validate' | 'compare'>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The formats of inputs, by their name in JSON Schema. Each takes the text as a client sent it. */
export const formats: Readonly<Record<string, Format>> = {
  email: { validate: (text: string) => isTooLong(text, longestAddress.email) || isEmail(text) },
  uri: { validate: (text: string) => isTooLong(text, longestAddress.url) || isWebAddress(text) },
  phone: { validate: isPhoneNumber },
  uuid: { validate: uuid },
  date: { validate: (text: string) => parseDate(text) !== null, compare: compareMoments },
  'date-time': {
    validate: (text: string) => parseDateTime(text) !== null,
    compare: (left, right) => compareCanonical(parseDateTime, left, right),
  },
  'iso-time': {
    validate: (text: string) => parseTime(text) !== null,
    compare: (left, right) => compareCanonical(parseTime, left, right),
  },
  duration: { validate: (text: string) => parseDuration(text) !== null },
  decimal: { validate: (text: string) => parseDecimal(text) !== null, compare: compareDecimals },
  'currency-code': { validate: /^[A-Z]{3}$/ },
};

/** Whatever its characters are: that is told, and its form is not looked at. */
function isTooLong(text: string, most: number): boolean {
  return text.length > 2 * most;
}

function compareCanonical(canonical: (text: string) => string | null, left: string, right: string): number {
  return compareMoments(canonical(left) ?? left, canonical(right) ?? right);
}
