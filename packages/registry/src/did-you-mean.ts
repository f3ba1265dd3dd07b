/** ` Did you mean "title"?` with the candidate that is near enough, or an empty text. Starts with a space. */
export function didYouMean(given: string, candidates: Iterable<string>): string {
  const nearest = findNearest(given, candidates);
  return nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
}

/** The candidate that is nearest, if any is near enough. */
function findNearest(given: string, candidates: Iterable<string>): string | undefined {
  if (given.length > 60) {
    return undefined;
  }
  let best: string | undefined;
  let least = Math.max(1, Math.floor(given.length * 0.4)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - given.length) >= least) {
      continue;
    }
    const distance = editDistance(given.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** Letters to add, take away, replace, or swap with their neighbour ("optimal string alignment"). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = at(last, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = isSwap ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(replaced, swapped, at(last, j) + 1, at(row, j - 1) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0;
}
