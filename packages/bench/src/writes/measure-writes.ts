import { inTurn, type Series, timed } from '../load/in-turn.ts';
import { describeMachine } from '../machine.ts';
import { decimal, whole } from '../report/format.ts';
import { markdownTable } from '../report/markdown-table.ts';
import type { Report } from '../report/report.ts';
import { startFormwork } from '../targets/formwork.ts';
import { tell } from '../tell.ts';
import { type Article, article } from './articles.ts';
import { type Articles, forgetArticles, openArticles } from './open-articles.ts';
import {
  gatewayWriter,
  nativeHttpWriter,
  nativeWriter,
  recordsWriter,
  storageWriter,
  type Writer,
} from './writers.ts';

export interface WriteSettings {
  readonly rounds: number;
  readonly singles: number;
  readonly bulk: number;
  readonly warm: number;
  readonly connections: number;
}

interface Way {
  readonly rows: number;
  /** Rows of one transaction. */
  readonly size: number;
  readonly atOnce: number;
}

interface Aim extends Way {
  readonly title: string;
  /** Least share of the native rate that we want to reach. */
  readonly aim: number;
}

/** The same rows through records, through the gateway, and by `insert` into a native table with the same constraints, with and without HTTP. */
export async function measureWrites(settings: WriteSettings): Promise<Report> {
  const articles = await openArticles();
  try {
    const machine = await describeMachine(articles.home);
    const figures = await measureAll(articles, settings);
    return {
      title: 'Writes beside a native table',
      machine,
      sections: [
        markdownTable(
          [
            'what',
            'native, rows/s',
            'native over HTTP, rows/s',
            'storage, rows/s',
            'records, rows/s',
            'gateway, rows/s',
            'native over HTTP / native',
            'storage / native',
            'records / native',
            'gateway / native',
            'aim',
          ],
          figures.map(({ way, series, ratio }) => [
            way.title,
            ...series.map((line) => `${whole(line.median)} (±${whole(line.spread * 50)} %)`),
            decimal(ratio.http),
            decimal(ratio.storage),
            decimal(ratio.records),
            decimal(ratio.gateway),
            decimal(way.aim, 1),
          ]),
        ),
        'Native: one `insert` for each transaction through a prepared statement, no HTTP, with primary, unique and foreign key, checks and as many indexes. Native over HTTP: the same behind node:http in a process of its own, asked as the gateway is: what the protocol alone costs. Storage: the same rows as one `insert` into `records` under its policies and triggers. Records: validation, transaction and reading back, no HTTP. Gateway: the whole.',
      ],
      figures,
    };
  } finally {
    await articles.home.close();
  }
}

async function measureAll(
  articles: Articles,
  { rounds, singles, bulk, warm, connections }: WriteSettings,
): Promise<
  readonly {
    way: Aim;
    series: readonly Series[];
    ratio: { http: number; storage: number; records: number; gateway: number };
  }[]
> {
  const { home, tenant, nativeUrl } = articles;
  const gateway = await startFormwork({ home, tenants: [tenant] });
  const native = await nativeWriter(nativeUrl, tenant.id, connections);
  const nativeHttp = await nativeHttpWriter(nativeUrl, tenant);
  const writers = [
    native,
    nativeHttp,
    storageWriter(home.dataPlane, tenant),
    recordsWriter(home.dataPlane, tenant),
    gatewayWriter(gateway.url, tenant),
  ];
  const ways: readonly Aim[] = [
    { title: `single creates, one by one`, rows: singles, size: 1, atOnce: 1, aim: 0.6 },
    {
      title: `single creates, ${connections} at once`,
      rows: singles * 2,
      size: 1,
      atOnce: connections,
      aim: 0.6,
    },
    { title: 'bulk, 100 in each', rows: bulk, size: 100, atOnce: 1, aim: 0.4 },
    { title: `bulk, ${bulk} in one`, rows: bulk, size: bulk, atOnce: 1, aim: 0.4 },
  ];
  try {
    tell('warming up');
    for (const writer of writers) await warmUp(writer, warm, connections, articles);
    const figures = [];
    for (const way of ways) {
      tell(way.title);
      const series = await inTurn(
        writers.map((writer) => ({ name: writer.name, run: () => rateOf(writer, way, articles) })),
        rounds,
      );
      const [byHand = Number.NaN, ...others] = series.map(({ median }) => median);
      const [http = Number.NaN, storage = Number.NaN, records = Number.NaN, all = Number.NaN] = others.map(
        (rate) => rate / byHand,
      );
      figures.push({ way, series, ratio: { http, storage, records, gateway: all } });
    }
    return figures;
  } finally {
    native.close();
    await nativeHttp.stop();
    await gateway.stop();
  }
}

/**
 * As often for everybody: connections have their statements prepared and their plans made, functions are compiled. (A gateway
 * that has just been started is a third as fast as one that has been at work for some seconds.)
 */
async function warmUp(writer: Writer, rows: number, connections: number, articles: Articles): Promise<void> {
  await rateOf(writer, { rows, size: 1, atOnce: connections }, articles);
  await rateOf(writer, { rows, size: 100, atOnce: 1 }, articles);
}

/** Rows in a second. */
async function rateOf(
  writer: Writer,
  { rows, size, atOnce }: Way,
  { home, categories }: Articles,
): Promise<number> {
  await forgetArticles(home);
  const parcels = parcelsOf(rows, size, categories);
  const ms = await timed(() =>
    Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let parcel = parcels.pop(); parcel !== undefined; parcel = parcels.pop())
          await writer.write(parcel);
      }),
    ),
  );
  return (rows * 1000) / ms;
}

function parcelsOf(rows: number, size: number, categories: readonly string[]): (readonly Article[])[] {
  return Array.from({ length: Math.ceil(rows / size) }, (_, parcel) =>
    Array.from({ length: Math.min(size, rows - parcel * size) }, (_, index) =>
      article(parcel * size + index, categories),
    ),
  );
}
