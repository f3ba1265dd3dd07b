import { decimal, mebibytes, whole } from '../src/report/format.ts';
import { markdownTable } from '../src/report/markdown-table.ts';

test('a table has a head, a rule and a line for each row', () => {
  expect(
    markdownTable(
      ['a', 'b'],
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ),
  ).toBe(['| a | b |', '| --- | --- |', '| 1 | 2 |', '| 3 | 4 |'].join('\n'));
});

test('a bar within a cell does not end the cell', () => {
  expect(markdownTable(['a|b'], [['c|d']])).toContain('| a\\|b |');
});

test('what was not measured is a dash', () => {
  expect([decimal(undefined), decimal(Number.NaN), whole(undefined), mebibytes(undefined)]).toEqual(
    Array(4).fill('–'),
  );
  expect([decimal(1.005, 1), whole(1.6), mebibytes(3 * 1024 * 1024)]).toEqual(['1.0', '2', '3.0']);
});
