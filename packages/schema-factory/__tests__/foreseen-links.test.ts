import { execute, parse } from 'graphql';
import { buildGraphqlSchema } from '../src/index.ts';
import { aviation, registryOf } from './designs.ts';
import { type Call, fakeRecords } from './fake-records.ts';

const schema = buildGraphqlSchema(registryOf(aviation));

/** What was foreseen behind links, and the calls of all resolvers. */
async function run(source: string | ReturnType<typeof parse>, variables: Record<string, unknown> = {}) {
  const { records, foreseen } = fakeRecords();
  const result = await execute({
    schema,
    document: typeof source === 'string' ? parse(source) : source,
    contextValue: { records },
    variableValues: variables,
  });
  return { foreseen, errors: result.errors ?? [] };
}

interface Foreseen {
  readonly field: string;
  readonly record?: { readonly links?: readonly Foreseen[] };
  readonly connection?: {
    readonly args: object;
    readonly selection: { readonly node: { readonly links?: readonly Foreseen[] } | null };
  };
  readonly aggregate?: { readonly args: object; readonly selection: object };
}

/** Of the first call. */
function linksOf(calls: readonly Call[]): readonly Foreseen[] {
  const selection = calls[0]?.at(-1) as { node?: { links?: Foreseen[] }; links?: Foreseen[] };
  return (selection.node ?? selection).links ?? [];
}

/** All that is foreseen, at any depth: what a resolver asks for must be one of these very objects. */
function everythingIn(links: readonly Foreseen[]): unknown[] {
  return links.flatMap(({ record, connection, aggregate }) => [
    record ?? connection?.selection ?? aggregate?.selection,
    ...everythingIn(record?.links ?? connection?.selection.node?.links ?? []),
  ]);
}

const deep = `query ($first: Int, $where: FlightFilter, $more: Boolean! = false) {
  airports(first: 2) {
    nodes {
      city
      ...lists
      hub: departures(first: $first, where: $where) { totalCount nodes { number @include(if: $more) } }
    }
    edges { cursor node { arrivals { nodes { destination { iata } } } } }
  }
}
fragment lists on Airport {
  departures(first: 1) { nodes { origin { city } } pageInfo { endCursor } }
  departures(first: 1) { nodes { origin { iata } destination @skip(if: $more) { city } } }
  departuresAggregate(where: $where) { count }
}`;

test('foresees what is behind links at any depth, with arguments, aliases and fragments', async () => {
  const { foreseen } = await run(deep, { first: 3, where: { delay: { gt: 5 } } });
  const page = { cursors: false, totalCount: false, counts: [] };
  expect(linksOf(foreseen)).toEqual([
    {
      field: 'departures',
      connection: {
        args: { first: 1 },
        selection: {
          ...page,
          pageInfo: true,
          node: {
            fields: ['origin', 'destination'],
            links: [
              { field: 'origin', record: { fields: ['city', 'iata'] } },
              { field: 'destination', record: { fields: ['city'] } },
            ],
          },
        },
      },
    },
    {
      field: 'departures',
      aggregate: {
        args: { where: { delay: { gt: 5 } } },
        selection: { keys: false, count: true, countDistinct: [], sum: [], avg: [], min: [], max: [] },
      },
    },
    {
      field: 'departures',
      connection: {
        args: { first: 3, where: { delay: { gt: 5 } } },
        selection: {
          ...page,
          pageInfo: false,
          totalCount: true,
          counts: [{ mode: 'EXACT', cap: 10_000 }],
          node: { fields: [] },
        },
      },
    },
    {
      field: 'arrivals',
      connection: {
        args: {},
        selection: {
          ...page,
          pageInfo: false,
          node: {
            fields: ['destination'],
            links: [{ field: 'destination', record: { fields: ['iata'] } }],
          },
        },
      },
    },
  ]);
});

test('resolvers ask for the very selections that were foreseen, whatever variables say', async () => {
  const document = parse(deep);
  const requests = await Promise.all([
    run(document, { first: 3, where: { delay: { gt: 5 } } }),
    run(document, { first: 4, where: { delay: { gt: 6 } } }),
    run(document, { more: true }),
  ]);
  for (const { foreseen } of requests) {
    const known = new Set(everythingIn(linksOf(foreseen)));
    const asked = foreseen.filter(([method]) => method.startsWith('linked')).map((call) => call.at(-1));
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((selection) => !known.has(selection))).toEqual([]);
  }
  expect(requests.map(({ foreseen }) => linksOf(foreseen)[2]?.connection?.args)).toEqual([
    { first: 3, where: { delay: { gt: 5 } } },
    { first: 4, where: { delay: { gt: 6 } } },
    {},
  ]);
});

test('what no variable decides is the same object for all requests', async () => {
  const document = parse('{ flights { nodes { origin { departures(first: 2) { nodes { number } } } } } }');
  const [one, other] = await Promise.all([run(document), run(document)]);
  expect(linksOf(one.foreseen)).toBe(linksOf(other.foreseen));
});

test('leaves out a link whose arguments are wrong, and the executor tells of them at its field', async () => {
  const source = `query ($first: Int!, $after: String) {
    airport(id: "a") { departures(first: $first, after: $after) { totalCount } arrivals { totalCount } }
  }`;
  const { foreseen, errors } = await run(source, { first: 1 });
  expect(errors).toEqual([]);
  expect(linksOf(foreseen).map(({ connection }) => connection?.args)).toEqual([{ first: 1 }, {}]);
  // Unvalidated, as if validation had missed it.
  const wrong = await run('{ airport(id: "a") { departures(first: "x") { totalCount } city } }');
  expect(linksOf(wrong.foreseen)).toEqual([]);
  expect(wrong.errors.map(({ path }) => path)).toEqual([['airport', 'departures']]);
});

test('fragments that double at each level cost no more than they are long', async () => {
  const fragments = Array.from({ length: 25 }, (_, level) => {
    const next = level === 24 ? 'number' : `...f${level + 1}`;
    return `fragment f${level} on Flight {
      number origin { departures { nodes { ${next} } } } destination { arrivals { nodes { ${next} } } }
    }`;
  });
  const source = `{ flight(id: "f") { ...f0 @include(if: true) } } ${fragments.join('\n')}`;
  const document = parse(source);
  const { records, foreseen } = fakeRecords();
  records.byId = async (...args) => {
    foreseen.push(['byId', ...args]);
    return null;
  };
  await execute({ schema, document, contextValue: { records } });
  expect(linksOf(foreseen).map(({ field }) => field)).toEqual(['origin', 'destination']);
});
