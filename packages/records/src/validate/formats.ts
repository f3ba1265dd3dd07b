import {
  compareDecimals,
  compareMoments,
  parseDate,
  parseDateTime,
  parseDecimal,
  parseDuration,
  parseTime,
} from '@formwork/registry';
import type { FormatDefinition } from 'ajv';
import { longestAddress } from './value-schema.ts';

/** Checks a text; `compare` makes `formatMinimum` and `formatMaximum` work. */
type Format = Pick<FormatDefinition<string>, 'validate' | 'compare'>;

/** A label is at most 63 characters, so neither part can make the expression run long. */
const domain =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;
const localPart = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const phone = /^\+?[\d ().\-/]{2,40}(?:(?: ?(?:x|ext\.?) ?)\d{1,8})?$/i;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The formats of inputs, by their name in JSON Schema. Each takes the text as a client sent it. */
export const formats: Readonly<Record<string, Format>> = {
  email: { validate: isEmail },
  uri: { validate: isWebAddress },
  phone: { validate: (text: string) => phone.test(text) && (text.match(/\d/g)?.length ?? 0) >= 2 },
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

/** RFC 5321's lengths; the parts as people write them, letters of any script. No quoted parts, no comments. */
function isEmail(text: string): boolean {
  if (isTooLong(text, longestAddress.email)) return true;
  const at = text.lastIndexOf('@');
  return at <= 64 && localPart.test(text.slice(0, at)) && domain.test(text.slice(at + 1));
}

/** Whatever its characters are: that is told, and its form is not looked at. */
function isTooLong(text: string, most: number): boolean {
  return text.length > 2 * most;
}

/** Only what a browser opens as a page: "javascript:" in a link would run in the reader's session. */
function isWebAddress(text: string): boolean {
  if (isTooLong(text, longestAddress.url)) return true;
  if (!/^https?:\/\/[^\s/?#]/i.test(text) || /\s/.test(text)) return false;
  try {
    // Not `URL.canParse`: once it is hot, that of Node 20 takes Latin-1 for UTF-8 and refuses "ü".
    return new URL(text).hostname !== '';
  } catch {
    return false;
  }
}

function compareCanonical(canonical: (text: string) => string | null, left: string, right: string): number {
  return compareMoments(canonical(left) ?? left, canonical(right) ?? right);
}
