import { unifiedDiff } from '../src/unified-diff.ts';

test('is empty where nothing differs', () => {
  expect(unifiedDiff('a\nb\n', 'a\nb\n')).toBe('');
});

test('shows what is gone and what is new with some lines around', () => {
  const lines = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
  const after = ['1', '2', '3', '4', 'five', 'new', '6', '7', '8', '9'];
  expect(unifiedDiff(lines.join('\n'), after.join('\n'))).toBe(
    '@@ -2,7 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n+new\n 6\n 7\n 8\n',
  );
});

test('leads from the one text to the other', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 200; round++) {
    const before = Array.from({ length: random(40) }, () => `line ${random(9)}`);
    const after = before.flatMap((line) => [[line], [line], [], [`new ${random(9)}`, line]][random(4)] ?? []);
    const [old, next] = [before.join('\n'), ['head', ...after].slice(random(2)).join('\n')];
    expect(applyDiff(old, unifiedDiff(old, next))).toBe(next);
  }
});

test('gives up finding the least where there is too much, and still tells both sides', () => {
  const before = Array.from({ length: 3_000 }, (_, index) => `a${index}`).join('\n');
  const after = Array.from({ length: 3_000 }, (_, index) => `b${index}`).join('\n');
  const lines = unifiedDiff(before, after).trimEnd().split('\n');
  expect(lines[0]).toBe('@@ -1,3000 +1,3000 @@');
  expect(lines).toHaveLength(6_001);
});

/** What `patch` does: each hunk must find its lines where it says they are. */
function applyDiff(text: string, diff: string): string {
  const lines = text.split('\n');
  const output: string[] = [];
  let at = 0;
  for (const hunk of diff.split(/^@@ /m).slice(1)) {
    const [header = '', ...body] = hunk.replace(/\n$/, '').split('\n');
    const start = Number(/^-(\d+)/.exec(header)?.[1]) - 1;
    output.push(...lines.slice(at, start));
    at = start;
    for (const line of body) {
      if (line[0] !== '+') expect(lines[at]).toBe(line.slice(1));
      if (line[0] !== '+') at += 1;
      if (line[0] !== '-') output.push(line.slice(1));
    }
  }
  return [...output, ...lines.slice(at)].join('\n');
}
