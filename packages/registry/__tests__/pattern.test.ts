import { documentWith, problemsOf } from './designs.ts';

function reasonAgainst(pattern: string): string | undefined {
  return problemsOf(documentWith([{ key: 'a', type: 'text', options: { pattern } }]))[0]?.message;
}

test.each([
  '^[A-Z0-9]{3}$',
  '^[a-z0-9]+(?:-[a-z0-9]+)*$',
  '^([a-z]+,)*[a-z]+$',
  '^\\d{4}-\\d{2}-\\d{2}$',
  '^(\\d{3}-)*\\d{4}$',
  '^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$',
  '^(cat|dog)+$',
  '^(?:red|green|blue)$',
  '^(\\+\\d{1,3} )?\\d+$',
  '^\\p{Lu}\\p{L}*$',
  '^(?<year>\\d{4})$',
  '^[\\])(*+]+$',
  '^\\(a+\\)$',
  '😀{2}',
])('takes %s', (pattern) => {
  expect(reasonAgainst(pattern)).toBeUndefined();
});

test.each([
  '(a+)+$',
  '(a*)*b',
  '(a+){10}',
  '(a|a)*',
  '(a|ab)*c',
  '([a-z]+)*$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '((a|b))*',
  '(-(a|a))*',
  '(-a*a*)*',
  '(a?){50}a{50}',
  '(?:a+)*',
  '(?<x>a+)*',
  '(x+x+)+y',
  '([-a]+-)*',
  '(a|b*)+',
  '((-a+)*)*',
])('refuses %s, which could run for ever', (pattern) => {
  expect(reasonAgainst(pattern)).toMatch(/several ways, which can take for ever/);
});

test.each([
  ['', /1 to 500 characters/],
  ['a'.repeat(501), /1 to 500 characters, not 501/],
  ['(', /not a regular expression: Unterminated group/],
  ['[z-a]', /not a regular expression/],
  ['(a)\\1', /refers back/],
  ['(?<x>a)\\k<x>', /refers back/],
  ['(?=a)', /looks ahead or behind/],
  ['(?!a)', /looks ahead or behind/],
  ['(?<=a)', /looks ahead or behind/],
  ['(?<!a)', /looks ahead or behind/],
  ['a{1001}', /repeats too much/],
  ['(a{100}){11}', /repeats too much/],
  ['a{1000}b{1000}c{1000}d{1000}e{1000}f{1000}', /repeats too much/],
  ['(a{999999})', /repeats too much/],
  ['\\p{Script=Greek}', /only general categories/],
  ['[\\b]', /not supported/],
  ['(?<ü>a)', /names a group/],
])('refuses %s', (pattern, reason) => {
  expect(reasonAgainst(pattern)).toMatch(reason);
});

/** Not a proof, but it fails if a form that backtracks is let through: the accepted ones stay fast on a bad text. */
test('patterns that are taken do not backtrack for ever on a text that nearly fits', () => {
  for (const [pattern, text] of [
    ['^[a-z0-9]+(?:-[a-z0-9]+)*$', `${'a-'.repeat(5000)}!`],
    ['^([a-z]+,)*[a-z]+$', `${'a,'.repeat(5000)}!`],
    ['^(cat|dog)+$', `${'cat'.repeat(5000)}!`],
  ] as const) {
    expect(reasonAgainst(pattern)).toBeUndefined();
    const started = performance.now();
    expect(new RegExp(pattern, 'u').test(text)).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
  }
});
