import type { ObjectReader } from './object-reader.ts';

/** In characters; sql/004 repeats this. */
export const longestLabel = 200;
export const longestDescription = 5000;

/** Label and description; an empty one is none. */
export function readProse(reader: ObjectReader): { label?: string; description?: string } {
  const label = reader.prose('label', longestLabel);
  const description = reader.prose('description', longestDescription);
  return { ...(label && { label }), ...(description && { description }) };
}
