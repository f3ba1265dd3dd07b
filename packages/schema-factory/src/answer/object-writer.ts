/** One place of an object in the answer. */
export interface Member<Source> {
  readonly name: string;
  readonly write: (source: Source) => string;
}

/** Writes an object with these members, in this order. */
export function objectWriter<Source>(members: readonly Member<Source>[]): (source: Source) => string {
  // All that was selected may be skipped.
  if (members.length === 0) return () => '{}';
  const names = members.map(({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  const writers = members.map(({ write }) => write);
  return (source) => {
    let text = '';
    for (let index = 0; index < writers.length; index += 1) {
      text += names[index];
      text += writers[index]?.(source);
    }
    return `${text}}`;
  };
}

/** Writes a list of what `write` makes of each item. */
export function writeList<Item>(items: readonly Item[], write: (item: Item) => string): string {
  let text = '';
  // Pieces that are added up are copied once, in the end; `join` would copy them at each level.
  for (const item of items) text += text === '' ? write(item) : `,${write(item)}`;
  return `[${text}]`;
}
