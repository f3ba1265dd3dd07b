/** ` Did you mean "title"?` with the candidate that is near enough, or an empty text. Starts with a space. */
export function didYouMean(given: string, candidates: Iterable<string>): string {
  if (given.length > 60) return '';
  const most = Math.max(1, Math.floor(given.length * 0.4));
  const near = [...candidates]
    .map((candidate) => ({ candidate, distance: editDistance(given.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance);
  return near[0] === undefined ? '' : ` Did you mean "${near[0].candidate}"?`;
}

function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
