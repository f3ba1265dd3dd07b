interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** Lines around a difference. */
const context = 3;

/** With more differences than this in one stretch, all of the stretch is shown as replaced: finding the least would take long. */
const mostEdits = 1_500;

/** What differs between two texts, as `diff -u` writes it, without its two lines of file names; empty where nothing does. */
export function unifiedDiff(before: string, after: string): string {
  const lines = diffLines(before.split('\n'), after.split('\n'));
  const shown = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ mark }) => mark !== ' '),
  );
  const output: string[] = [];
  const place = { '-': 1, '+': 1 };
  for (let index = 0; index < lines.length; ) {
    if (!shown[index]) {
      place['-'] += 1;
      place['+'] += 1;
      index += 1;
      continue;
    }
    const end = shown.indexOf(false, index);
    const hunk = lines.slice(index, end < 0 ? lines.length : end);
    const [removed, added] = [
      hunk.filter(({ mark }) => mark !== '+').length,
      hunk.filter(({ mark }) => mark !== '-').length,
    ];
    output.push(`@@ -${place['-']},${removed} +${place['+']},${added} @@`);
    output.push(...hunk.map(({ mark, text }) => mark + text));
    place['-'] += removed;
    place['+'] += added;
    index += hunk.length;
  }
  return output.length === 0 ? '' : `${output.join('\n')}\n`;
}

function diffLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shortest - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const same = (text: string): Line => ({ mark: ' ', text });
  return [
    ...before.slice(0, start).map(same),
    ...shortestEdit(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

/** Myers, "An O(ND) Difference Algorithm and Its Variations" (1986): goes as far as it can for each number of edits. */
function shortestEdit(before: readonly string[], after: readonly string[]): readonly Line[] {
  const trace: Map<number, number>[] = [];
  let furthest = new Map([[1, 0]]);
  for (let edits = 0; edits <= Math.min(before.length + after.length, mostEdits); edits++) {
    trace.push(furthest);
    const next = new Map<number, number>();
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = nextX(furthest, diagonal, edits);
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x += 1;
      next.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return backtrack(before, after, trace);
    }
    furthest = next;
  }
  return [
    ...before.map((text): Line => ({ mark: '-', text })),
    ...after.map((text): Line => ({ mark: '+', text })),
  ];
}

/** Where a diagonal begins: one down from the next one, or one right from the one before. */
function nextX(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  return isFromAbove(furthest, diagonal, edits)
    ? (furthest.get(diagonal + 1) ?? 0)
    : (furthest.get(diagonal - 1) ?? 0) + 1;
}

function isFromAbove(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && (furthest.get(diagonal - 1) ?? 0) < (furthest.get(diagonal + 1) ?? 0);
}

function backtrack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
): readonly Line[] {
  const lines: Line[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits] ?? new Map();
    const diagonal = x - y;
    const start = nextX(furthest, diagonal, edits);
    for (; x > start; x--, y--) lines.push({ mark: ' ', text: before[x - 1] ?? '' });
    if (edits === 0) break;
    if (isFromAbove(furthest, diagonal, edits)) {
      y -= 1;
      lines.push({ mark: '+', text: after[y] ?? '' });
    } else {
      x -= 1;
      lines.push({ mark: '-', text: before[x] ?? '' });
    }
  }
  return lines.reverse();
}
