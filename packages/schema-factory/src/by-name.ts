/** What is made for each item, by the item's name in GraphQL; null leaves the item out. */
export function byName<Item extends { readonly name: string }, Made>(
  items: readonly Item[],
  make: (item: Item) => Made | null,
): Record<string, Made> {
  const made: Record<string, Made> = {};
  for (const item of items) {
    const one = make(item);
    if (one !== null) made[item.name] = one;
  }
  return made;
}
