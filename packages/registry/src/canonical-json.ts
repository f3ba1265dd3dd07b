import { createHash, type Hash } from 'node:crypto';
import type { Steps } from './steps.ts';

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

/** The same of a list, an item at a step. */
export function* hashOfList(items: Iterable<unknown>): Steps<string> {
  const hash = createHash('sha256');
  yield* updateByList(hash, items);
  return hash.digest('hex');
}

/** Brings a list into a hash as `canonicalJson` writes it. */
export function* updateByList(hash: Hash, items: Iterable<unknown>): Steps<void> {
  let before = '[';
  for (const item of items) {
    hash.update(before + canonicalJson(item));
    before = ',';
    yield;
  }
  hash.update(before === '[' ? '[]' : ']');
}
