const timePattern = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})0*)?)?$/;
const dateTimePattern =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2}(?:\.\d{1,6}0*)?)(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const durationPattern =
  /^P(?=\d|T\d)(?:\d{1,8}Y)?(?:\d{1,8}M)?(?:\d{1,8}W)?(?:\d{1,8}D)?(?:T(?=\d)(?:\d{1,8}H)?(?:\d{1,8}M)?(?:\d{1,8}(?:\.\d{1,6})?S)?)?$/;

/** A day that exists in the years 1 to 9999, or null. */
export function parseDate(value: unknown): string | null {
  return typeof value === 'string' && existsDay(value) ? value : null;
}

/** "10:00:00.5": with seconds, microseconds at most, no zeros at the end of the fraction. "10:00" may be read. */
export function parseTime(value: unknown): string | null {
  const match = typeof value === 'string' ? timePattern.exec(value) : null;
  if (match === null) {
    return null;
  }
  const [, hour = '', minute = '', second = '00', digits = ''] = match;
  const fraction = digits === '' ? '' : digits.replace(/0+$/, '');
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || fraction.length > 6) {
    return null;
  }
  return `${hour}:${minute}:${second}${fraction === '' ? '' : `.${fraction}`}`;
}

/** RFC 3339 with any offset, as canonical UTC: "2026-11-21T10:00:00Z". */
export function parseDateTime(value: unknown): string | null {
  const canonical = typeof value === 'string' ? readUtc(value) : null;
  if (canonical !== null) return canonical;
  const match = typeof value === 'string' ? dateTimePattern.exec(value) : null;
  if (match === null) {
    return null;
  }
  const [, day = '', clockTime, sign, hours = '0', minutes = '0'] = match;
  const time = parseTime(clockTime);
  if (time === null) {
    return null;
  }
  if (sign === undefined) {
    return existsDay(day) ? `${day}T${time}Z` : null;
  }
  const date = instantOf(day);
  if (date === null) {
    return null;
  }
  if (Number(hours) > 23 || Number(minutes) > 59) {
    return null;
  }
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const [clock = '', fraction] = time.split('.');
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const utc = new Date(date + seconds * 1000 - offset * 60_000);
  const year = utc.getUTCFullYear();
  if (year < 1 || year > 9999) {
    return null;
  }
  return `${utc.toISOString().slice(0, 19)}${fraction === undefined ? '' : `.${fraction}`}Z`;
}

/** ISO 8601: "P1DT2H". */
export function parseDuration(value: unknown): string | null {
  return typeof value === 'string' && durationPattern.test(value) ? value : null;
}

/** Negative, zero or positive, for canonical dates, times and date-times alike. */
export function compareMoments(left: string, right: string): number {
  // Without the "Z" a fraction makes a text longer, and so greater.
  const [a, b] = [left.replace('Z', ''), right.replace('Z', '')];
  return a < b ? -1 : a > b ? 1 : 0;
}

function instantOf(date: string): number | null {
  if (!existsDay(date)) {
    return null;
  }
  const instant = new Date(0);
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  return instant.setUTCFullYear(
    Number(date.slice(0, 4)),
    Number(date.slice(5, 7)) - 1,
    Number(date.slice(8)),
  );
}

const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function existsDay(date: string): boolean {
  return date.length === 10 && beginsWithDay(date);
}

function beginsWithDay(text: string): boolean {
  const year = numberAt(text, 0, 4);
  const month = numberAt(text, 5, 2);
  const day = numberAt(text, 8, 2);
  if (text[4] !== '-' || text[7] !== '-' || month < 1) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : (daysOfMonths[month - 1] ?? 0);
  return year >= 1 && day >= 1 && day <= days;
}

/** Of a moment in UTC as programs write it, as nearly all are; null for any other. Patterns take ten times as long. */
function readUtc(text: string): string | null {
  const end = text.length - 1;
  if (text[end] !== 'Z' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':') return null;
  const [hour, minute, second] = [numberAt(text, 11, 2), numberAt(text, 14, 2), numberAt(text, 17, 2)];
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return null;
  if (!beginsWithDay(text)) return null;
  if (end === 19) return text;
  if (text[19] !== '.' || numberAt(text, 20, end - 20) < 0) return null;
  let last = end;
  while (text[last - 1] === '0') last -= 1;
  if (last > 26) return null;
  return last === end ? text : `${text.slice(0, last === 20 ? 19 : last)}Z`;
}

/** The number that these digits are; -1 where they are none. */
function numberAt(text: string, at: number, digits: number): number {
  let number = digits === 0 ? -1 : 0;
  for (let index = at; index < at + digits; index += 1) {
    const digit = text.charCodeAt(index) - 0x30;
    // Not a number behind the end.
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}
