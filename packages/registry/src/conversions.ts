import type { FieldType } from './document.ts';

/**
 * What may become of a value on the way from one type to another. lossless: every value fits and comes back as it was;
 * lossy: something is left out (a fraction, a time of day), which has to be allowed; failing: some values fit nothing.
 */
export type ConversionOutcome = 'lossless' | 'lossy' | 'failing';

/** How a value is converted; the SQL of each way stands in `view-compiler`. */
export type ConversionWay =
  | 'same'
  | 'asText'
  | 'readNumber'
  | 'readFlag'
  | 'readText'
  | 'readChoice'
  | 'readMoment'
  | 'whole'
  | 'float'
  | 'amount'
  | 'money'
  | 'flagToNumber'
  | 'numberToFlag'
  | 'midnight'
  | 'day'
  | 'choices'
  | 'choice';

export interface ConversionRule {
  readonly way: ConversionWay;
  readonly outcome: ConversionOutcome;
}

type Row = Partial<Readonly<Record<FieldType, ConversionRule>>>;

const [lossless, lossy, failing] = (['lossless', 'lossy', 'failing'] as const).map(
  (outcome) => (way: ConversionWay) => ({ way, outcome }),
) as [Maker, Maker, Maker];
type Maker = (way: ConversionWay) => ConversionRule;

const toPlainText: Row = { text: lossless('asText'), long_text: lossless('asText') };
const toAnyText: Row = {
  text: lossless('same'),
  long_text: lossless('same'),
  email: failing('same'),
  url: failing('same'),
  phone: failing('same'),
};
const fromText: Row = {
  ...toAnyText,
  integer: failing('readNumber'),
  rating: failing('readNumber'),
  number: failing('readNumber'),
  percent: failing('readNumber'),
  decimal: failing('readNumber'),
  boolean: failing('readFlag'),
  date: failing('readText'),
  datetime: failing('readMoment'),
  time: failing('readText'),
  duration: failing('readText'),
  select: failing('readChoice'),
  json: lossless('same'),
};
const toWhole: Row = { integer: lossy('whole'), rating: lossy('whole') };
const fromFloat: Row = { ...toPlainText, ...toWhole, decimal: failing('same'), json: lossless('same') };

/** The one table, by type before and after. What is not here has no conversion, and each way there is a way back. */
const conversions: Partial<Readonly<Record<FieldType, Row>>> = {
  text: fromText,
  long_text: fromText,
  email: toAnyText,
  url: toAnyText,
  phone: toAnyText,
  integer: {
    ...toPlainText,
    rating: failing('same'),
    number: lossless('same'),
    percent: lossless('same'),
    decimal: lossless('same'),
    boolean: failing('numberToFlag'),
    json: lossless('same'),
  },
  rating: {
    ...toPlainText,
    integer: lossless('same'),
    number: lossless('same'),
    percent: lossless('same'),
    decimal: lossless('same'),
    json: lossless('same'),
  },
  number: { ...fromFloat, percent: lossless('same') },
  percent: { ...fromFloat, number: lossless('same') },
  decimal: {
    ...toPlainText,
    ...toWhole,
    number: lossy('float'),
    percent: lossy('float'),
    currency: failing('money'),
    json: lossless('same'),
  },
  currency: { decimal: lossless('amount'), json: lossless('same') },
  boolean: { ...toPlainText, integer: lossless('flagToNumber'), json: lossless('same') },
  date: { ...toPlainText, datetime: lossless('midnight'), json: lossless('same') },
  datetime: { ...toPlainText, date: lossy('day'), json: lossless('same') },
  time: { ...toPlainText, json: lossless('same') },
  duration: { ...toPlainText, json: lossless('same') },
  select: {
    ...toPlainText,
    select: failing('same'),
    multi_select: failing('choices'),
    json: lossless('same'),
  },
  multi_select: { select: lossy('choice'), json: lossless('same') },
  json: {
    ...toPlainText,
    integer: failing('same'),
    rating: failing('same'),
    number: failing('same'),
    percent: failing('same'),
    decimal: failing('same'),
    currency: failing('same'),
    boolean: failing('same'),
    date: failing('same'),
    datetime: failing('same'),
    time: failing('same'),
    duration: failing('same'),
    select: failing('same'),
    multi_select: failing('same'),
  },
};

/** How values of one type become values of the other; null where there is no way. */
export function conversionRule(from: FieldType, to: FieldType): ConversionRule | null {
  return conversions[from]?.[to] ?? null;
}

/** The types that values of this one can become. */
export function conversionTargets(from: FieldType): readonly FieldType[] {
  return (Object.keys(conversions[from] ?? {}) as FieldType[]).filter((to) => to !== from);
}
