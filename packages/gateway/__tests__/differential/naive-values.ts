import { compareDecimals, decimalOf } from './decimal.ts';
import type { FieldInfo, Kind } from './model.ts';
import { bad } from './naive-errors.ts';

/** Text without regard to case, and without accents too, as `sql/README.md` says; for letters that the data uses. */
export function fold(text: string, accents: boolean): string {
  let value = text.normalize('NFKD');
  if (!accents) {
    value = value
      .replace(/[\u0300-\u036f]/g, '')
      .replace(/[øØ]/g, 'o')
      .replace(/[ßẞ]/g, 'ss')
      .replace(/[æÆ]/g, 'ae');
  }
  return [...value]
    .map((character) => (character === 'ς' ? 'σ' : character.toLowerCase()))
    .join('')
    .normalize('NFKC');
}

function first(text: string, length: number): string {
  return [...text].slice(0, length).join('');
}

/** By code point, as UTF-8 sorts. */
export function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function searchKey(text: string): string {
  return first(fold(first(text, 400), false), 200);
}

/** Texts sort without case and accents first; of what is equal then, so many characters decide. */
export function compareTexts(left: string, right: string, length = Number.POSITIVE_INFINITY): number {
  return (
    compareBytes(searchKey(left), searchKey(right)) || compareBytes(first(left, length), first(right, length))
  );
}

/** Microseconds; a month counts 30 days, as Postgres compares intervals. */
function durationOf(text: string): bigint {
  const match =
    /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/.exec(
      text,
    );
  const [, years, months, weeks, days, hours, minutes, seconds, fraction = ''] = match ?? [];
  const of = (value: string | undefined) => BigInt(value ?? 0);
  const wholeDays = (of(years) * 12n + of(months)) * 30n + of(weeks) * 7n + of(days);
  const wholeSeconds = wholeDays * 86_400n + of(hours) * 3600n + of(minutes) * 60n + of(seconds);
  return wholeSeconds * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

export interface Money {
  readonly amount: string;
  readonly currency: string;
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** An operand as it is compared: decimals as text, moments in UTC. */
export function operandOf(kind: Kind, value: unknown, path: string): unknown {
  const text = typeof value === 'object' ? '' : String(value);
  switch (kind) {
    case 'id':
    case 'link':
      if (!uuid.test(text)) throw bad(path, 'is no id');
      return text.toLowerCase();
    case 'text':
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
      if (/[\u0000\ud800-\udfff]/u.test(text)) throw bad(path, 'cannot be stored');
      return text;
    case 'money': {
      const { amount, currency } = value as Money;
      return { amount: operandOf('decimal', amount, path), currency: operandOf('text', currency, path) };
    }
    case 'datetime':
      return inUtc(text);
    default:
      return value;
  }
}

/** Scalars of the schema do so too; but what stands in a scalar that names fields has not gone through them. */
function inUtc(moment: string): string {
  const [, seconds = '', fraction = '', offset = ''] = /^(.{19})(\.\d+)?([+-].*)$/.exec(moment) ?? [];
  if (offset === '') return moment;
  return `${new Date(`${seconds}${offset}`).toISOString().slice(0, 19)}${fraction}Z`;
}

/** How values of a field compare, both there: below, equal or above 0. */
export function compareFully({ kind, choices }: Pick<FieldInfo, 'kind' | 'choices'>, a: unknown, b: unknown) {
  switch (kind) {
    case 'text':
      return compareTexts(String(a), String(b));
    case 'decimal':
      return compareDecimals(decimalOf(String(a)), decimalOf(String(b)));
    case 'money': {
      const [left, right] = [a as Money, b as Money];
      return (
        compareDecimals(decimalOf(left.amount), decimalOf(right.amount)) ||
        compareBytes(left.currency, right.currency)
      );
    }
    case 'select':
      return choices.indexOf(String(a)) - choices.indexOf(String(b));
    case 'datetime':
      return compareBytes(String(a).replace('Z', ''), String(b).replace('Z', ''));
    case 'duration': {
      const difference = durationOf(String(a)) - durationOf(String(b));
      return difference < 0n ? -1 : difference > 0n ? 1 : 0;
    }
    case 'int':
    case 'float':
    case 'boolean': {
      const [left, right] = [Number(a), Number(b)];
      return left < right ? -1 : left > right ? 1 : 0;
    }
    default:
      return compareBytes(String(a), String(b));
  }
}
