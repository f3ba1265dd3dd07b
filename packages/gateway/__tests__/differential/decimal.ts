/** Exact decimals, as plainly as possible: `units` of 10^-scale. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export function decimalOf(text: string): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) throw new Error(`"${text}" is no decimal`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const units = BigInt(`${sign}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

export function textOf({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const sign = units < 0n ? '-' : '';
  return `${sign}${whole}${scale === 0 ? '' : `.${digits.slice(digits.length - scale)}`}`;
}

function scaled({ units, scale }: Decimal, to: number): bigint {
  return units * 10n ** BigInt(to - scale);
}

export function compareDecimals(left: Decimal, right: Decimal): number {
  const scale = Math.max(left.scale, right.scale);
  const [a, b] = [scaled(left, scale), scaled(right, scale)];
  return a < b ? -1 : a > b ? 1 : 0;
}

export function addDecimals(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { units: scaled(left, scale) + scaled(right, scale), scale };
}

export function multiplyDecimals(left: Decimal, right: Decimal): Decimal {
  return { units: left.units * right.units, scale: left.scale + right.scale };
}

/** To 20 places, halves away from zero, without zeros at the end. */
export function divideDecimal(dividend: Decimal, divisor: number): Decimal {
  const places = 20;
  const units = scaled(dividend, Math.max(places, dividend.scale));
  const by = BigInt(divisor) * 10n ** BigInt(Math.max(places, dividend.scale) - places);
  const positive = units < 0n ? -units : units;
  const rounded = (positive * 2n + by) / (by * 2n);
  return trimDecimal({ units: units < 0n ? -rounded : rounded, scale: places });
}

export function trimDecimal(value: Decimal): Decimal {
  let { units, scale } = value;
  for (; scale > 0 && units % 10n === 0n; scale -= 1) units /= 10n;
  return { units, scale };
}
