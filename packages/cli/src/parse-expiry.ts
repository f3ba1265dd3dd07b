import { parseDate, parseDateTime } from '@formwork/registry';
import { InvalidArgumentError } from 'commander';

const hour = 3_600_000;
const units: Readonly<Record<string, number>> = {
  h: hour,
  d: 24 * hour,
  w: 7 * 24 * hour,
  y: 365 * 24 * hour,
};
/** Dates of Postgres and of JavaScript both reach that far. */
const farthest = Date.parse('9999-12-31T00:00:00Z');

/** "90d", "12h", "2w", "1y" from now; a day, which it lasts out (UTC); or a moment as in RFC 3339. */
export function parseExpiry(text: string): Date {
  const match = /^(\d{1,7})([hdwy])$/.exec(text.trim());
  const moment =
    match === null ? readMoment(text.trim()) : Date.now() + Number(match[1]) * (units[match[2] ?? ''] ?? 0);
  if (!Number.isFinite(moment) || moment > farthest) {
    throw new InvalidArgumentError(
      'Write 90d, 12h, 2w, 1y, a date such as 2027-01-31, or a moment such as 2027-01-31T12:00:00Z.',
    );
  }
  return new Date(moment);
}

function readMoment(text: string): number {
  const date = parseDate(text);
  if (date !== null) return Date.parse(`${date}T23:59:59.999Z`);
  return Date.parse(parseDateTime(text) ?? '');
}
