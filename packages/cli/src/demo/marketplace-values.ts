export function toAmount(cents: number): string {
  return (cents / 100).toFixed(2);
}

export function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
