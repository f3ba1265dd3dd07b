/**
 * Long work that stops every few milliseconds at most, so that whoever does it can let others have their turn: a design may
 * have 300 entities.
 */
export type Steps<Result> = Generator<void, Result>;

/** Does all of it at once. */
export function toEnd<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** A list made of another, one item at a step. */
export function* mapInSteps<Item, Made>(
  items: readonly Item[],
  make: (item: Item, index: number) => Made,
): Steps<readonly Made[]> {
  const made: Made[] = [];
  for (const [index, item] of items.entries()) {
    made.push(make(item, index));
    yield;
  }
  return made;
}
