/** ` Did you mean "title"?` with the candidate that is near enough, or an empty text. Starts with a space. */
export function didYouMean(given: string, candidates: Iterable<string>): string {
  if (given.length > 60) {
    return '';
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
  return best === undefined ? '' : ` Did you mean "${best}"?`;
}

function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
