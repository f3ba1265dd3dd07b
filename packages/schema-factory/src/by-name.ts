import { lean } from './lean.ts';
import { reasonOf } from './served-registry.ts';

/**
 * What is made for each item, by the item's name in GraphQL; null leaves the item out. What is made of something
 * deprecated is deprecated, unless it says otherwise.
 */
export function byName<Item extends { readonly name: string }, Made extends object>(
  items: readonly Item[],
  make: (item: Item) => Made | null,
): Record<string, Made> {
  const made: Record<string, Made> = {};
  for (const item of items) {
    const one = make(item);
    const deprecationReason = reasonOf(item);
    if (one !== null) made[item.name] = deprecationReason ? { deprecationReason, ...one } : one;
  }
  return lean(made);
}
