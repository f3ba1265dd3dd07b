import { type AdminClient, withAdmin } from '@formwork/pg';
import { type Home, openHome, removeHome } from '../home.ts';
import { describeMachine } from '../machine.ts';
import { decimal, mebibytes, whole } from '../report/format.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { median } from '../report/ratios.ts';
import type { Report } from '../report/report.ts';
import { tell } from '../tell.ts';
import { explained } from './explained.ts';
import { insertRows, type KeyKind, keyKinds, makeKeyTables, pickRecent, readRecent } from './key-tables.ts';

interface KeySettings {
  readonly rows: number;
  /** Rows of one insert. */
  readonly batch: number;
  /** Recent records that are read. */
  readonly reads: number;
}

interface Figures {
  readonly kind: KeyKind;
  /** In a second: over all, and of the last tenth, when the tables are large. */
  readonly inserted: number;
  readonly insertedLast: number;
  /** Of the last tenth, for each row: bytes of WAL, and pages that were not in memory. */
  readonly wal: number;
  readonly missed: number;
  readonly indexBytes: number;
  readonly tableBytes: number;
  /** Pages read from outside of Postgres' memory, from cold, by the reads of recent records; and their milliseconds. */
  readonly readMisses: number;
  readonly readMs: number;
}

/** Inserts into a table of each kind by turns, then reads what came last. */
export async function measureKeys(settings: KeySettings): Promise<Report> {
  await removeHome('keys');
  const home = await openHome('keys');
  try {
    const machine = await describeMachine(home);
    const figures = await withAdmin(home.postgres.adminUrl, (admin) => measure(admin, settings));
    return {
      title: `Primary keys over ${settings.rows} rows`,
      machine,
      sections: [
        markdownTable(
          [
            'key',
            'inserts/s',
            'in the last tenth',
            'WAL/row, bytes',
            'misses/row',
            'index, MiB',
            'table, MiB',
            `pages for ${settings.reads} recent reads, cold`,
            'ms',
          ],
          figures.map((line) => [
            line.kind,
            whole(line.inserted),
            whole(line.insertedLast),
            whole(line.wal),
            decimal(line.missed, 3),
            mebibytes(line.indexBytes),
            mebibytes(line.tableBytes),
            whole(line.readMisses),
            decimal(line.readMs, 1),
          ]),
        ),
        `Inserts of ${settings.batch} rows, by turns; recent is the last hundredth; shared_buffers ${await sharedBuffers(home)}.`,
      ],
      figures,
    };
  } finally {
    await home.close();
  }
}

async function measure(admin: AdminClient, { rows, batch, reads }: KeySettings): Promise<readonly Figures[]> {
  await admin.query(makeKeyTables);
  const batches = Math.ceil(rows / batch);
  const last = Math.max(1, Math.floor(batches / 10));
  const inserts = new Map(keyKinds.map((kind) => [kind, [] as Awaited<ReturnType<typeof explained>>[]]));
  for (let index = 0; index < batches; index += 1) {
    if (index % 100 === 0) tell(`${index * batch} rows of each`);
    for (const kind of keyKinds)
      inserts.get(kind)?.push(await explained(admin, insertRows(kind), [String(batch)]));
  }
  const figures: Figures[] = [];
  for (const kind of keyKinds) {
    const runs = inserts.get(kind) ?? [];
    const lastRuns = runs.slice(-last);
    const sum = (value: (run: (typeof runs)[number]) => number) =>
      lastRuns.reduce((total, run) => total + value(run), 0) / (lastRuns.length * batch);
    figures.push({
      kind,
      inserted: (batch * 1000) / median(runs.map(({ ms }) => ms)),
      insertedLast: (batch * 1000) / median(lastRuns.map(({ ms }) => ms)),
      wal: sum((run) => run.wal),
      missed: sum((run) => run.missed),
      ...(await measureReads(admin, kind, Math.max(reads, Math.floor(rows / 100)), reads)),
    });
  }
  return figures;
}

async function measureReads(admin: AdminClient, kind: KeyKind, latest: number, reads: number) {
  await admin.query(pickRecent(kind), [latest, reads]);
  await admin.query(`vacuum analyze keys.${kind}`);
  await admin.query('checkpoint');
  // Everything out of memory, so that a page counts once however the inserts left it.
  await admin.query('select pg_buffercache_evict_all()');
  await admin.query('set enable_seqscan = off');
  // The list of ids itself is a table of a few pages, which is the same for all kinds of uuid.
  const { missed, ms } = await explained(admin, readRecent(kind), []);
  await admin.query('reset enable_seqscan');
  const { rows } = await admin.query<{ index: string; table: string }>(
    `select pg_relation_size('keys.${kind}_key') as index, pg_relation_size('keys.${kind}') as table`,
  );
  return {
    indexBytes: Number(rows[0]?.index),
    tableBytes: Number(rows[0]?.table),
    readMisses: missed,
    readMs: ms,
  };
}

async function sharedBuffers({ postgres }: Home): Promise<string> {
  return withAdmin(postgres.adminUrl, async (admin) => {
    const { rows } = await admin.query<{ shared_buffers: string }>('show shared_buffers');
    return rows[0]?.shared_buffers ?? '';
  });
}
