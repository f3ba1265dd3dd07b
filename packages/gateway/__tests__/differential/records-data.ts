import { awkwardDecimals, awkwardLetters, longBeginnings } from '@formwork/testkit';
import { Random } from './random.ts';

/** Random records as they stand in the table: JSON text by entity, and the pairs of links to many. */
export interface RowData {
  readonly entity: string;
  readonly id: string;
  readonly data: string;
}

export interface Rows {
  readonly records: readonly RowData[];
  readonly links: readonly {
    readonly entity: string;
    readonly field: string;
    readonly source: string;
    readonly target: string;
  }[];
  readonly deleted: readonly string[];
}

const counts = { place: 14, thing: 70, note: 90 } as const;
type EntityKey = keyof typeof counts;

function idOf(entity: EntityKey, number: number): string {
  const group = Object.keys(counts).indexOf(entity) + 1;
  return `0000000${group}-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** Of these are the texts that can be searched, and the searches. */
export const mottoWords = ['red', 'reed', 'Red', 'lamp', 'lamps', 'Café', 'cafe', 'ÉTÉ', 'oak', 'oak2', '7'];

const moneys = ['0', '-1.50', '0.1', '12.5', '12.50', '99999999999999999.99'];
/** Sums of these are exact in a double whatever the order, so that sums can be compared. */
const exactNumbers = ['0', '-0.125', '0.5', '1', '2.5', '1048576', '-1048576.75', '33.375'];
const wildNumbers = [
  '-1e300',
  '5e-324',
  '1.7976931348623157e308',
  '0.1',
  '-0.1',
  '0',
  '3',
  '123456789.123456789',
];
const jsons = [
  '{"a":1,"b":[1,2,{"c":"x"}]}',
  '{"a":1.0,"b":[2,1]}',
  '{"a":"1","t":true}',
  '{"a":null}',
  '[1,2,3]',
  '["x",["y"]]',
  '"text"',
  '7',
  'false',
  '{}',
  '[]',
  '{"n":-12.5,"s":"É","t":false}',
];
const spans = ['PT60M', 'PT1H', 'P1D', 'PT24H', 'P1M', 'P30D', 'P1Y', 'P2W', 'PT0.25S', 'PT0.250000S', 'P0D'];

export function makeRows(seed: number, now: Date): Rows {
  const random = new Random(seed);
  const maybe = (make: () => string, share = 0.8) => (random.chance(share) ? make() : null);
  const word = () => Array.from({ length: random.below(4) }, () => random.pick(awkwardLetters)).join('');
  const text = () => {
    const beginning = longBeginnings[random.below(12)] ?? '';
    return beginning + word();
  };
  const json = (value: string) => JSON.stringify(value);
  const iso = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/\.?0+Z$/, 'Z');
  const hour = 3_600_000;
  const nearNow = [-1.5, 1.5, -29, 53, -9 * 24 - 5, 20 * 24 + 5, -40 * 24, 100 * 24, -400 * 24, 800 * 24].map(
    (hours) => now.getTime() + hours * hour,
  );
  const days = ['0001-01-03', '9999-12-20', '2024-02-29', '2019-12-30', '2019-12-31', '2020-01-01'];
  const day = () =>
    json(random.chance(0.6) ? random.pick(days) : iso(random.pick(nearNow)).slice(0, 'yyyy-mm-dd'.length));
  const moments = [
    '0001-01-03T00:00:00Z',
    '9999-12-20T23:59:59.999999Z',
    '2019-12-31T23:30:00Z',
    '2019-12-31T23:30:00.000001Z',
    '2019-12-31T23:30:00.1Z',
    '2024-03-31T01:30:00Z',
    '2024-06-30T22:15:00Z',
  ];
  const moment = () => json(random.chance(0.6) ? random.pick(moments) : iso(random.pick(nearNow)));
  const choice = (...keys: readonly string[]) => json(random.pick(keys));
  const any = (entity: EntityKey) => idOf(entity, random.below(counts[entity]));
  const price = () => random.pick(awkwardDecimals);
  const place = (number: number) => ({
    name: json(text()),
    code: json(`p${number}`),
    region: maybe(() => choice('red', 'green', 'blue')),
    area: maybe(price),
    opened: maybe(day),
    parent: maybe(() => json(any('place')), 0.6),
  });
  const values = (number: number) => ({
    title: maybe(() => json(text())),
    body: maybe(() => json(random.chance(0.1) ? `${'ab '.repeat(340)}${word()}` : text())),
    mail: maybe(() => json(`${random.pick(['Ann', 'ann', 'bob', 'Éa'])}@${random.pick(['a.org', 'B.org'])}`)),
    web: maybe(() => json(`https://${random.pick(['a', 'b'])}.org/${random.pick(['%20', '?q=_', 'É'])}`)),
    phone: maybe(() => json(`+49 ${random.pick(['30', '40', '50'])}`)),
    amount: maybe(() => random.pick(['-2147483648', '-1', '0', '1', '2', '3', '2147483647'])),
    ratio: maybe(() => random.pick(exactNumbers)),
    wild: maybe(() => random.pick(wildNumbers)),
    price: maybe(price),
    cost: maybe(() => `{"amount":${random.pick(moneys)},"currency":"${random.pick(['EUR', 'USD', 'JPY'])}"}`),
    share: maybe(() => random.pick(exactNumbers)),
    stars: maybe(() => random.pick(['0', '1', '3', '5'])),
    done: maybe(() => random.pick(['true', 'false'])),
    due: maybe(day),
    moment: maybe(moment),
    clock: maybe(() => choice('00:00:00', '10:00:00', '10:00:00.5', '10:00:00.000001', '23:59:59.999999')),
    span: maybe(() => json(random.pick(spans))),
    state: maybe(() => choice('later', 'before', 'now')),
    colour: maybe(() => choice('red', 'green', 'blue')),
    tags: maybe(() => JSON.stringify(random.some(['red', 'green', 'blue'], 3))),
    extra: maybe(() => random.pick(jsons)),
    serial: String(number + 1),
  });
  const thing = (number: number) => ({
    ...values(number),
    motto: maybe(() => json(random.some(mottoWords, 4).join(random.pick([' ', ', ', ' ! '])))),
    code: maybe(() => json(`Code ${number}`)),
    handle: maybe(() => json(`Händle ${number}`)),
    batch: maybe(() => String(random.below(3))),
    position: String(number),
    home: maybe(() => json(any('place'))),
    friend: maybe(() => json(any('thing')), 0.6),
  });
  const note = (number: number) => ({
    ...values(number),
    thing: maybe(() => json(any('thing'))),
    home: maybe(() => json(any('place'))),
  });
  const makers = { place, thing, note };
  const records = (Object.keys(counts) as EntityKey[]).flatMap((entity) =>
    Array.from({ length: counts[entity] }, (_, number) => {
      const given = Object.entries(makers[entity](number)).filter(([, value]) => value !== null);
      const data = `{${given.map(([name, value]) => `"${name}":${value}`).join()}}`;
      return { entity, id: idOf(entity, number), data };
    }),
  );
  const pairs = (entity: EntityKey, field: string, target: EntityKey) =>
    Array.from({ length: counts[entity] }, (_, number) =>
      random
        .some(
          Array.from({ length: counts[target] }, (__, at) => at),
          3,
        )
        .map((at) => ({ entity, field, source: idOf(entity, number), target: idOf(target, at) })),
    ).flat();
  return {
    records,
    links: [
      ...pairs('thing', 'visited', 'place'),
      ...pairs('thing', 'peers', 'thing'),
      ...pairs('note', 'peers', 'note'),
    ],
    deleted: [idOf('thing', 3), idOf('thing', 17), idOf('note', 5), idOf('note', 50)],
  };
}
