import { checkAnswers } from '../src/compare/check-answers.ts';
import type { Operation } from '../src/operations/operation.ts';
import type { Target } from '../src/targets/target.ts';

const operation: Operation = {
  name: 'byId',
  title: 'by id',
  formwork: () => ({ query: '', variables: {} }),
  postgraphile: () => ({ query: '', variables: {} }),
  raw: () => ({ operation: 'byId', values: [] }),
};
const sample = { workspace: 'w', customers: [], orders: [] };

/** A target whose answer is in its address. */
const target = (name: Target['name'], answer: unknown): Target => ({
  name,
  title: name,
  url: `data:application/json,${encodeURIComponent(JSON.stringify(answer))}`,
  pid: 0,
  request: () => ({ query: '', variables: {} }),
  headers: () => ({}),
  stop: async () => {},
});

const check = (ours: unknown, theirs: unknown) =>
  checkAnswers(operation, [target('formwork', ours), target('postgraphile', theirs)], [sample]);

test('decimals, moments, choices and the order of keys may be written in any way', async () => {
  await check(
    { data: { order: { total: '12.50', placedAt: '2026-11-21T10:00:00Z', status: 'PAID' } } },
    { data: { order: { status: 'paid', placedAt: '2026-11-21T11:00:00.000+01:00', total: '12.5' } } },
  );
});

test.each([
  ['another value', { total: '12.51' }],
  ['another moment', { total: '12.50', at: '2026-11-21T10:00:01Z' }],
  ['a missing field', {}],
])('%s is another answer', async (_, theirs) => {
  const ours = { total: '12.50', ...('at' in theirs ? { at: '2026-11-21T10:00:00Z' } : {}) };
  await expect(check({ data: ours }, { data: theirs })).rejects.toThrow(/do not answer the same/);
});

test('the order of a list is part of the answer', async () => {
  await expect(check({ data: { a: ['x', 'y'] } }, { data: { a: ['y', 'x'] } })).rejects.toThrow(
    /do not answer the same/,
  );
});

test('an answer with errors is no answer', async () => {
  await expect(check({ data: {} }, { data: {}, errors: [{ message: 'no' }] })).rejects.toThrow(
    /postgraphile refuses "by id"/,
  );
});
