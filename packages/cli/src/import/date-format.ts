import { parseDate, parseDateTime, parseTime } from '@formwork/registry';
import { usageFailure } from '../failure.ts';
import { quote } from '../quote.ts';

/** How a column's dates are written: gives the canonical text, or null for what is not written so. */
type DateReader = (text: string) => string | null;

export type MomentType = 'date' | 'datetime' | 'time';

type Part =
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'half'
  | 'offset';

/** Letters of a format, as in Unicode's date patterns (https://unicode.org/reports/tr35/tr35-dates.html). */
const letters: Readonly<Record<string, readonly [Part, string]>> = {
  yyyy: ['year', '\\d{4}'],
  MM: ['month', '\\d{2}'],
  M: ['month', '\\d{1,2}'],
  dd: ['day', '\\d{2}'],
  d: ['day', '\\d{1,2}'],
  HH: ['hour', '\\d{2}'],
  H: ['hour', '\\d{1,2}'],
  hh: ['hour12', '\\d{2}'],
  h: ['hour12', '\\d{1,2}'],
  mm: ['minute', '\\d{2}'],
  ss: ['second', '\\d{2}'],
  S: ['fraction', '\\d{1,6}'],
  a: ['half', '[AaPp]\\.?[Mm]\\.?'],
  XXX: ['offset', 'Z|[+-]\\d{2}:\\d{2}'],
};

const known = 'yyyy, MM, M, dd, d, HH, H, hh, h, mm, ss, S, a, XXX';

const needed: Readonly<Record<MomentType, readonly (readonly Part[])[]>> = {
  date: [['year'], ['month'], ['day']],
  datetime: [['year'], ['month'], ['day'], ['hour', 'hour12']],
  time: [['hour', 'hour12'], ['minute']],
};

/**
 * A reader for a format such as "yyyy/MM/dd HH:mm". Without an offset (XXX) a date-time is taken to be UTC. Letters
 * that mean themselves stand between apostrophes: "yyyy-MM-dd'T'HH:mm".
 *
 * @throws Failure when the format has unknown letters or lacks what the type needs
 */
export function compileDateFormat(format: string, type: MomentType): DateReader {
  const parts: Part[] = [];
  const pattern = tokens(format).map((token) => {
    const found = Object.hasOwn(letters, token) ? letters[token] : undefined;
    if (found === undefined) return literalPattern(format, token);
    const [part, digits] = found;
    if (parts.includes(part)) throw usageFailure(`The date format ${quote(format)} has the ${part} twice.`);
    parts.push(part);
    return `(${digits})`;
  });
  const missing = needed[type].filter((choices) => !choices.some((part) => parts.includes(part)));
  if (missing.length > 0) {
    throw usageFailure(
      `The date format ${quote(format)} has no ${missing.map(([part]) => part).join(' and no ')}, and a ${type} needs it.`,
    );
  }
  if (parts.includes('hour12') !== parts.includes('half')) {
    throw usageFailure(
      `The date format ${quote(format)} needs h and a together: hours from 1 to 12, and AM or PM.`,
    );
  }
  const expression = new RegExp(`^${pattern.join('')}$`);
  return (text) => {
    const match = expression.exec(text.trim());
    if (match === null) return null;
    return assemble(new Map(parts.map((part, index) => [part, match[index + 1] ?? ''])), type);
  };
}

/** ISO 8601, which is how dates are read where nothing else is said. */
export function readIso(text: string, type: MomentType): string | null {
  const trimmed = text.trim();
  if (type === 'date') return parseDate(trimmed);
  if (type === 'time') return parseTime(trimmed);
  return parseDateTime(trimmed);
}

function tokens(format: string): readonly string[] {
  return format.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+|'/g) ?? [];
}

function literalPattern(format: string, token: string): string {
  const quoted = /^'[^']+'$/.test(token);
  if (!quoted && /[A-Za-z']/.test(token)) {
    throw usageFailure(
      `The date format ${quote(format)} has ${quote(token)}, which means nothing. Known are ${known}; text stands between apostrophes.`,
    );
  }
  return (quoted ? token.slice(1, -1) : token).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function assemble(parts: ReadonlyMap<Part, string>, type: MomentType): string | null {
  const two = (part: Part) => (parts.get(part) ?? '0').padStart(2, '0');
  const fraction = parts.has('fraction') ? `.${parts.get('fraction')}` : '';
  const hour = parts.has('hour12') ? hourOfHalf(two('hour12'), parts.get('half') ?? '') : two('hour');
  if (hour === null) return null;
  const date = `${parts.get('year')}-${two('month')}-${two('day')}`;
  const time = `${hour}:${two('minute')}:${two('second')}${fraction}`;
  if (type === 'date') return parseDate(date);
  if (type === 'time') return parseTime(time);
  return parseDateTime(`${date}T${time}${parts.get('offset') ?? 'Z'}`);
}

/** 12 AM is midnight, 12 PM noon. */
function hourOfHalf(text: string, half: string): string | null {
  const hour = Number(text);
  if (hour < 1 || hour > 12) return null;
  return String((hour % 12) + (/^p/i.test(half) ? 12 : 0)).padStart(2, '0');
}
