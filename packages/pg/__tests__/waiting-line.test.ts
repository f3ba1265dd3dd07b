import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '../src/deadline.ts';
import { DatabaseError } from '../src/errors.ts';
import { WaitingLine } from '../src/waiting-line.ts';

const tooLong = () => new DatabaseError('OVERLOADED', 'waited too long');
const patient = () => ({ deadline: new Deadline(10_000), timeout: 10_000, tooLong });

test('gives to those who wait in the order they came', async () => {
  const line = new WaitingLine<number>();
  const [first, second] = [line.wait(patient()), line.wait(patient())];
  expect([line.give(1), line.give(2), line.give(3)]).toEqual([true, true, false]);
  expect(await Promise.all([first, second])).toEqual([1, 2]);
  expect(line.size).toBe(0);
});

test('nothing is given to whoever has left, from the front, the middle or the end', async () => {
  const line = new WaitingLine<string>();
  const gone = [0, 1, 2].map(() => new AbortController());
  const leaving = gone.map(({ signal }) => ({ ...patient(), deadline: new Deadline(10_000, signal) }));
  const [front, one, middle, other, end] = [
    line.wait(leaving[0] as never),
    line.wait(patient()),
    line.wait(leaving[1] as never),
    line.wait(patient()),
    line.wait(leaving[2] as never),
  ];
  for (const each of gone) each.abort();
  for (const left of [front, middle, end]) await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(line.size).toBe(2);
  line.give('one');
  line.give('other');
  expect(await Promise.all([one, other])).toEqual(['one', 'other']);
});

test('whoever has waited too long is told so, and whoever comes too late as well', async () => {
  const line = new WaitingLine<void>();
  await expect(line.wait({ ...patient(), timeout: 20 })).rejects.toMatchObject({ code: 'OVERLOADED' });
  const late = new Deadline(1);
  await sleep(30);
  await expect(line.wait({ ...patient(), deadline: late })).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(line.give()).toBe(false);
});
