import { parseTime } from '@formwork/registry';

export {
  parseDate as canonicalDate,
  parseDateTime as canonicalDateTime,
  parseDuration as canonicalDuration,
} from '@formwork/registry';

/** "09:30" becomes "09:30:00", "09:30:00.500" "09:30:00.5"; at most microseconds, before 24:00, no leap second. */
export function canonicalTime(text: string): string | null {
  return parseTime(/^\d{2}:\d{2}$/.test(text) ? `${text}:00` : text);
}

/** Negative, zero or positive, for canonical dates, times and date-times alike. */
export function compareMoments(left: string, right: string): number {
  // Without the "Z" a fraction makes a text longer, and so greater.
  const [a, b] = [left.replace('Z', ''), right.replace('Z', '')];
  return a < b ? -1 : a > b ? 1 : 0;
}
