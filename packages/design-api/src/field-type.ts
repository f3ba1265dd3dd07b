import type { FieldType } from '@formwork/registry';
import { builder } from './builder.ts';

/** What each type is for, as a designer reads it in GraphiQL. A type forgotten here is a type error. */
const descriptions: Readonly<Record<FieldType, string>> = {
  text: 'A line of text. Options: `minLength`, `maxLength`, `pattern`, `caseInsensitive`.',
  long_text: 'Text of any length.',
  email: 'An e-mail address.',
  url: 'An address on the web, with `https://` or `http://`.',
  phone: 'A telephone number.',
  integer: 'A whole number of 32 bits. Options: `min`, `max`.',
  number: 'A number as computers have it (double precision). Options: `min`, `max`.',
  decimal: 'An exact number, for prices and measures. Options: `precision`, `scale`, `min`, `max`.',
  currency: 'An exact amount with its currency. Options: `currencies`, `precision`, `scale`, `min`, `max`.',
  percent: 'A number that is shown as a percentage.',
  rating: 'Stars, from 0 to `highest`.',
  boolean: 'True or false.',
  date: 'A day of the calendar: `"2026-11-21"`.',
  datetime: 'A moment: `"2026-11-21T10:00:00Z"`.',
  time: 'A time of day: `"09:30:00"`.',
  duration: 'A length of time, as in ISO 8601: `"PT1H30M"`.',
  select: 'One of the `choices`. Options: `initial`, `transitions` (which choice may follow which).',
  multi_select: 'Any of the `choices`.',
  json: 'Any JSON value.',
  autonumber: 'A number that is given to each new record.',
  link: 'A link to one record of the entity `target`. Options: `inverse`, `onDelete`.',
  links: 'Links to many records of the entity `target`. Options: `inverse`.',
  rollup:
    'What the records at the other end of a way to many come to, kept when they change. Options: `via` (a way back, or links), ' +
    '`function` (count, sum, min, max, avg), `field` there, `filter` (a formula: which of them count).',
  lookup: 'A field of a linked record, for reading. Options: `via` (a link to one), `field`.',
  formula:
    'Computed from the fields of the record, and of those that it links to. Options: `expression`, `stored` (kept when the record is written).',
};

export const FieldTypeEnum = builder.enumType('FieldType', {
  description: 'Types of fields, as they are written in a document.',
  values: Object.fromEntries(
    Object.entries(descriptions).map(([type, description]) => [type, { description }]),
  ) as {
    [Type in FieldType]: { description: string };
  },
});
