import type { FormulaType, TimeUnit } from '@formwork/registry';
import { asTimestamp, bind } from './sql-pieces.ts';

/** Units of one length in seconds; days are those of UTC. The others are of so many months. */
const seconds = { seconds: 1, minutes: 60, hours: 3600, days: 86_400, weeks: 604_800 } as const;
const months = { months: 1, years: 12 } as const;

/** The years 1 to 9999, in seconds, days and months: beyond them a moment is null. */
const epochs = '>= -62135596800';
const epochEnd = '< 253402300800';
const lastDay = 3_652_058;

/** Whole units later; the last day of the month where the month is too short. */
export function compileDateAdd(moment: string, type: FormulaType, count: string, unit: TimeUnit): string {
  if (unit === 'months' || unit === 'years') {
    return addMonths(moment, type, `trunc(${count}) * ${months[unit]}`);
  }
  const whole = `trunc(${count}) * ${seconds[unit]}`;
  if (type === 'date') {
    const sum = `_d - date '0001-01-01' + _n between 0 and ${lastDay}`;
    return bind({ _d: moment, _n: `${whole} / 86400` }, `case when ${sum} then _d + _n::int end`);
  }
  const sum = 'extract(epoch from _d) + _n';
  const isInRange = `${sum} ${epochs} and ${sum} ${epochEnd}`;
  return bind(
    { _d: moment, _n: whole },
    `case when ${isInRange} then _d + make_interval(secs => _n::float8) end`,
  );
}

function addMonths(moment: string, type: FormulaType, count: string): string {
  const place = 'extract(year from _d) * 12 + extract(month from _d) + _n';
  const sum = '(_d + make_interval(months => _n::int))';
  const back = type === 'date' ? `${sum}::date` : `${sum} at time zone 'UTC'`;
  return bind(
    { _d: asTimestamp(moment, type), _n: count },
    `case when ${place} between 13 and 120000 then ${back} end`,
  );
}

/** Whole units from one to the other, negative where the other is earlier. */
export function compileDateDiff(
  from: readonly [value: string, type: FormulaType],
  to: readonly [value: string, type: FormulaType],
  unit: TimeUnit,
): string {
  const [start, end] = [asTimestamp(...from), asTimestamp(...to)];
  if (unit === 'months' || unit === 'years') {
    const body = `trunc((extract(year from _i) * 12 + extract(month from _i)) / ${months[unit]})`;
    return bind({ _i: `age(${end}, ${start})` }, body);
  }
  return `trunc(extract(epoch from (${end} - ${start})) / ${seconds[unit]})`;
}
