import { parseDate, parseDateTime, parseDuration, parseTime } from '@formwork/registry';
import { textScalar } from './text-scalar.ts';

export const dateScalar = textScalar({
  name: 'Date',
  description: 'A day of the calendar, without a time: `"2026-11-21"`.',
  expected: 'a day of the calendar from "0001-01-01" to "9999-12-31", such as "2026-11-21"',
  parse: parseDate,
});

export const dateTimeScalar = textScalar({
  name: 'DateTime',
  description:
    'A moment, to the microsecond: RFC 3339 with any offset goes in (`"2026-11-21T12:00:00+02:00"`), ' +
    'UTC comes out (`"2026-11-21T10:00:00Z"`).',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  expected:
    'a moment of the years 0001 to 9999 with an offset and at most 6 digits of a second, ' +
    'such as "2026-11-21T10:00:00Z" or "2026-11-21T12:00:00.5+02:00"',
  parse: parseDateTime,
});

export const timeScalar = textScalar({
  name: 'Time',
  description:
    'A time of day, in no particular time zone, to the microsecond: `"09:30:00"`, `"09:30:00.25"`.',
  expected: 'a time of day from "00:00:00" to "23:59:59.999999", such as "09:30:00"',
  parse: parseTime,
});

export const durationScalar = textScalar({
  name: 'Duration',
  description: 'A length of time as in ISO 8601: `"PT1H30M"`, `"P3D"`, `"P1Y6M"`, `"PT0.25S"`.',
  expected: 'a duration as in ISO 8601, such as "PT1H30M" or "P3D"',
  parse: parseDuration,
});
