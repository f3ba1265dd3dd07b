/**
 * An exact decimal as canonical text: no exponent, no zeros to the left, no "-0"; zeros at the end of the fraction
 * stay, for they say how precise the number is. Null where it is no decimal.
 */
export function parseDecimal(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') {
    return null;
  }
  const match = /^(-?)(\d{1,60})(?:\.(\d{1,60}))?(?:e([+-]?\d{1,2}))?$/i.exec(String(value));
  if (match === null) {
    return null;
  }
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const [left, right] = shift(whole, fraction, Number(exponent));
  const digits = left.replace(/^0+(?=\d)/, '');
  const text = right === '' ? digits : `${digits}.${right}`;
  return /[1-9]/.test(text) ? sign + text : text;
}

function shift(whole: string, fraction: string, exponent: number): [string, string] {
  if (exponent >= 0) {
    const padded = fraction.padEnd(exponent, '0');
    return [whole + padded.slice(0, exponent), padded.slice(exponent)];
  }
  const padded = whole.padStart(1 - exponent, '0');
  return [padded.slice(0, exponent), padded.slice(exponent) + fraction];
}

/** Negative, zero or positive, as `left` is less than, equal to or greater than `right`. Both canonical. */
export function compareDecimals(left: string, right: string): number {
  const scale = Math.max(left.length, right.length);
  const difference = scaled(left, scale) - scaled(right, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Zeros at the end not counted. */
export function digitsAfterPoint(decimal: string): number {
  return (decimal.split('.')[1] ?? '').replace(/0+$/, '').length;
}

/** Digits before the point; none for 0.5. */
export function digitsBeforePoint(decimal: string): number {
  const whole = decimal.replace('-', '').split('.')[0] ?? '';
  return whole === '0' ? 0 : whole.length;
}

function scaled(decimal: string, scale: number): bigint {
  const [whole = '', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(scale, '0'));
}
