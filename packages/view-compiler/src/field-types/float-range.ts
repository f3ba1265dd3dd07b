/** The largest and smallest magnitudes that float8 holds; beyond either end the conversion is an error. */
export const largest = '1.7976931348623157e308';
export const smallest = '4.9e-324';

/** jsonpath predicate for a number that a number slot can take. */
export function fitsFloat(path: string): string {
  return `${path}.abs() <= ${largest} && (${path}.abs() >= ${smallest} || ${path} == 0)`;
}
