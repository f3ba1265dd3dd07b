import { createHash } from 'node:crypto';

/** JSON with the properties of objects in order, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join()}]`;
  }
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value) ?? 'null';
  }
  const properties = new Map<string, unknown>(Object.entries(value));
  const entries = [...properties.keys()]
    .sort()
    .filter((name) => properties.get(name) !== undefined)
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(properties.get(name))}`);
  return `{${entries.join()}}`;
}

/** sha256 of the canonical form, in hex. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
