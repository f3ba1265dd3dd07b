import { decimalOf, multiplyDecimals, textOf, trimDecimal } from './decimal.ts';

/** What each formula of the design means, by key, written by hand from the language's description. */
type Read = (path: readonly string[]) => unknown;

export const formulas: Readonly<Record<string, (read: Read) => unknown>> = {
  total: (read) => {
    const [amount, price] = [read(['amount']), read(['price'])];
    if (amount === null || price === null) return null;
    return textOf(trimDecimal(multiplyDecimals(decimalOf(String(amount)), decimalOf(String(price)))));
  },
  label: (read) => `${read(['title']) ?? ''}/${read(['home', 'name']) ?? ''}`,
  length: (read) => {
    const title = read(['title']);
    return title === null ? null : [...String(title)].length;
  },
  is_late: (read) => {
    const due = read(['due']);
    return due === null ? null : String(due) < '2020-01-01';
  },
  next_day: (read) => {
    const due = read(['due']);
    if (due === null) return null;
    const day = new Date(`${due}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + 1);
    return day.toISOString().slice(0, 'yyyy-mm-dd'.length);
  },
  moment_or: (read) => read(['moment']) ?? '2000-01-01T00:00:00Z',
};
