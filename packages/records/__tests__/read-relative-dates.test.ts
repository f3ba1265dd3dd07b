import { sql } from '@formwork/pg';
import type { RegistryDocument } from '@formwork/registry';
import type { Values } from '../src/contract.ts';
import { createReadHarness, errorOf, everything, idsOf, type ReadHarness } from './read-harness.ts';

const document: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'event',
      plural: 'events',
      fields: [
        { key: 'at', type: 'datetime', indexed: true },
        { key: 'at_plain', type: 'datetime' },
        { key: 'day', type: 'date', indexed: true },
        { key: 'day_plain', type: 'date' },
      ],
    },
  ],
};

const zones = ['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles'];
let harness: ReadHarness;

beforeAll(async () => {
  harness = await createReadHarness(document);
  // Every three hours for some days, and further away every five days; one without values.
  await harness.write(sql`insert into formwork.records (entity_type, data)
    select 'event', jsonb_build_object('at', at, 'at_plain', at, 'day', left(at, 10), 'day_plain', left(at, 10))
    from (select to_char((now() + step) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at from (
      select i * interval '3 hours' + interval '90 minutes' as step from generate_series(-30, 30) i
      union all select i * interval '5 days' from generate_series(-170, 170) i) steps) moments
    union all select 'event', '{}'`);
});
afterAll(() => harness.close());

/** Ids by a condition written by hand, over the value `v`, in the zone `z`. */
async function expected(column: string, zone: string, condition: string): Promise<string[]> {
  const rows = await harness.query({
    text: `select e.id from (select id, ${column} as v, $1::text as z from formwork_views.${harness.registry.entities[0]?.viewName}) e
      where ${condition} order by id`,
    values: [zone],
  });
  return rows.map(([id]) => String(id));
}

const today = '(now() at time zone z)::date';

/** The day (of a moment: where the zone is) begins with the same `unit`, `away` of them later. */
const inPeriod = (day: string, unit: string, step: string) =>
  `date_trunc('${unit}', ${day}::timestamp) = date_trunc('${unit}', ${today}::timestamp) + interval '${step}'`;

const periods: [string, string, string][] = [
  ['TODAY', 'day', '0'],
  ['YESTERDAY', 'day', '-1 day'],
  ['TOMORROW', 'day', '1 day'],
  ...['week', 'month', 'quarter', 'year'].flatMap((unit): [string, string, string][] => {
    const step = unit === 'quarter' ? '3 months' : `1 ${unit}`;
    return [
      [`THIS_${unit.toUpperCase()}`, unit, '0'],
      [`LAST_${unit.toUpperCase()}`, unit, `-${step}`],
      [`NEXT_${unit.toUpperCase()}`, unit, step],
    ];
  }),
];

async function expectAlike(
  names: readonly string[],
  operators: Values,
  ids: readonly string[],
): Promise<void> {
  for (const name of names) {
    const found = await idsOf(harness.records(), 'Event', { where: { [name]: operators }, first: 1000 });
    expect([name, operators, found]).toEqual([name, operators, ids]);
  }
}

test.each(zones)('finds the days and moments of a period of the calendar in %s', async (timeZone) => {
  for (const [period, unit, step] of periods) {
    const operators = { during: { period, timeZone } };
    const moments = await expected('at_plain', timeZone, inPeriod('(v at time zone z)', unit, step));
    const days = await expected('day_plain', timeZone, inPeriod('v', unit, step));
    expect(moments.length + days.length).toBeGreaterThan(0);
    await expectAlike(['at', 'atPlain'], operators, moments);
    await expectAlike(['day', 'dayPlain'], operators, days);
  }
});

test.each(zones)('finds what is not further away than a span of time in %s', async (timeZone) => {
  for (const [unit, count] of [
    ['hours', 5],
    ['days', 2],
    ['weeks', 1],
    ['months', 3],
    ['years', 2],
  ] as const) {
    const step = `interval '${count} ${unit}'`;
    const [ago, ahead] = ['-', '+'].map((sign) =>
      unit === 'hours' ? `now() ${sign} ${step}` : `((now() at time zone z) ${sign} ${step}) at time zone z`,
    );
    const span = { [unit]: count, timeZone };
    await expectAlike(
      ['at', 'atPlain'],
      { last: span },
      await expected('at_plain', timeZone, `v > ${ago} and v <= now()`),
    );
    await expectAlike(
      ['at', 'atPlain'],
      { next: span },
      await expected('at_plain', timeZone, `v >= now() and v < ${ahead}`),
    );
    if (unit === 'hours') continue;
    const last = await expected('day_plain', timeZone, `v > (${today} - ${step})::date and v <= ${today}`);
    await expectAlike(['day', 'dayPlain'], { last: span }, last);
    const next = await expected('day_plain', timeZone, `v >= ${today} and v < (${today} + ${step})::date`);
    await expectAlike(['day', 'dayPlain'], { next: span }, next);
  }
});

test('hours are those that have passed, though clocks were set meanwhile', async () => {
  // Half a year, for which summer lasts there.
  const [hours, timeZone] = [183 * 24, 'Australia/Sydney'];
  const near = ['-30 minutes', '30 minutes'].map(
    (step) =>
      sql`insert into formwork.records (entity_type, data)
        select 'event', jsonb_build_object('at', to_char((now() - ${`${hours} hours`}::interval + ${step}::interval) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
        returning id`,
  );
  for (const insert of near) await harness.write(insert);
  const found = await expected('at', timeZone, `v > now() - interval '${hours} hours' and v <= now()`);
  await expectAlike(['at'], { last: { hours, timeZone } }, found);
});

test('two days are today and yesterday', async () => {
  const days = await expected('day_plain', 'UTC', `v in (${today}, ${today} - 1)`);
  await expectAlike(['day'], { last: { days: 2 } }, days);
});

test.each<[Values, string]>([
  [{ at: { during: { period: 'SOON' } } }, 'where.at.during.period'],
  [{ at: { during: {} } }, 'where.at.during.period'],
  [{ at: { during: { period: 'TODAY', timeZone: 'Mars/Olympus' } } }, 'where.at.during.timeZone'],
  // Abbreviations: Postgres would leave summer out, or take the time of another country.
  [{ at: { during: { period: 'TODAY', timeZone: 'CET' } } }, 'where.at.during.timeZone'],
  [{ at: { last: { days: 1, timeZone: 'ist' } } }, 'where.at.last.timeZone'],
  [{ at: { last: {} } }, 'where.at.last'],
  [{ at: { last: { days: 1, hours: 1 } } }, 'where.at.last'],
  [{ at: { last: { days: 0 } } }, 'where.at.last.days'],
  [{ at: { next: { years: 1001 } } }, 'where.at.next.years'],
  [{ at: { next: null } }, 'where.at.next'],
  [{ day: { last: { hours: 5 } } }, 'where.day.last.hours'],
])('refuses %j', async (where, path) => {
  const error = await errorOf(harness.records().connection('Event', { where }, everything));
  expect([error.code, error.details['path']]).toEqual(['BAD_USER_INPUT', path]);
});

test('computes the longest spans without an error', async () => {
  await idsOf(harness.records(), 'Event', {
    where: { or: [{ at: { last: { years: 1000 } } }, { day: { next: { days: 365000 } } }] },
  });
});
