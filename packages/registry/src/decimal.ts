/**
 * An exact decimal as text, never through a JavaScript double. Canonical: no exponent, no zeros to the left, no "-0";
 * zeros at the end of the fraction stay, for they say how precise the number is.
 */
export interface Decimal {
  readonly text: string;
  /** Digits before the point; 0 for "0.5". */
  readonly wholeDigits: number;
  /** Digits after the point, zeros at the end not counted. */
  readonly fractionDigits: number;
}

const pattern = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** No field has more than 38 digits; what is far beyond is not worth reading. */
const mostCharacters = 400;

/** The decimal that a text or a number stands for, or null. */
export function parseDecimal(value: unknown): Decimal | null {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > mostCharacters) return null;
  const canonical = readCanonical(text);
  if (canonical !== null) return canonical;
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  return toDecimal(sign, movePoint(whole, fraction, Number(exponent)));
}

/** So many digits a double holds exactly. */
const exactDigits = 15;

function isExact(text: string): boolean {
  return text.length <= exactDigits && readCanonical(text) !== null;
}

/** Negative, zero or positive, as `left` is less than, equal to or greater than `right`. */
export function compareDecimals(left: string, right: string): number {
  if (isExact(left) && isExact(right)) return Number(left) - Number(right);
  const a = split(left);
  const b = split(right);
  const scale = Math.max(a.fraction.length, b.fraction.length);
  const difference = scaled(a, scale) - scaled(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

interface Parts {
  readonly whole: string;
  readonly fraction: string;
}

const code = { minus: 0x2d, point: 0x2e, zero: 0x30, nine: 0x39 } as const;

/** Of a text that is as it has to be already, as nearly all are; null for any other. Patterns take ten times as long. */
function readCanonical(text: string): Decimal | null {
  const isNegative = text.charCodeAt(0) === code.minus;
  const start = isNegative ? 1 : 0;
  const point = endOfDigits(text, start);
  const isBelowOne = text.charCodeAt(start) === code.zero;
  if (point === start || (isBelowOne && point > start + 1)) return null;
  let last = point;
  if (point < text.length) {
    last = endOfDigits(text, point + 1);
    if (text.charCodeAt(point) !== code.point || last === point + 1 || last < text.length) return null;
    while (text.charCodeAt(last - 1) === code.zero) last -= 1;
  }
  const wholeDigits = isBelowOne ? 0 : point - start;
  const fractionDigits = Math.max(0, last - point - 1);
  const isZero = wholeDigits + fractionDigits === 0;
  return isNegative && isZero ? null : { text, wholeDigits, fractionDigits };
}

/** Where digits end that begin at `at`. */
function endOfDigits(text: string, at: number): number {
  let end = at;
  for (let one = text.charCodeAt(end); one >= code.zero && one <= code.nine; one = text.charCodeAt(end))
    end += 1;
  return end;
}

function toDecimal(sign: string, { whole, fraction }: Parts): Decimal {
  const digits = whole.replace(/^0+(?=\d)/, '');
  const unsigned = fraction === '' ? digits : `${digits}.${fraction}`;
  return {
    text: /[1-9]/.test(unsigned) ? sign + unsigned : unsigned,
    wholeDigits: digits === '0' ? 0 : digits.length,
    fractionDigits: fraction.replace(/0+$/, '').length,
  };
}

/** "12" and "50" times ten to the -3 are "0" and "01250". */
function movePoint(whole: string, fraction: string, exponent: number): Parts {
  const point = whole.length + exponent;
  const digits = '0'.repeat(Math.max(0, 1 - point)) + (whole + fraction).padEnd(Math.max(point, 1), '0');
  const at = Math.max(point, 1);
  return { whole: digits.slice(0, at), fraction: digits.slice(at) };
}

function split(text: string): Parts {
  const [whole = '0', fraction = ''] = (parseDecimal(text)?.text ?? '0').split('.');
  return { whole, fraction };
}

function scaled({ whole, fraction }: Parts, scale: number): bigint {
  return BigInt(whole + fraction.padEnd(scale, '0'));
}
