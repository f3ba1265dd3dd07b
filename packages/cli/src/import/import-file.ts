import type { TenantRow } from '@formwork/directory';
import type { DataPlane } from '@formwork/pg';
import { withDataPlane } from '../data-plane.ts';
import { Failure } from '../failure.ts';
import { getTenant } from '../find-tenant.ts';
import { getEntity, getRegistry, type VersionedRegistry } from '../load-registry.ts';
import { print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';
import { type ImportOptions, parseDateFormats, parseMaps } from './import-options.ts';
import { type ImportSummary, importRows } from './import-rows.ts';
import { formatOf, openSource } from './open-source.ts';
import { createProgress } from './progress.ts';
import { inspectFile } from './read-text.ts';
import { RejectedRows } from './rejected-rows.ts';
import { RowReader } from './row-reader.ts';
import { getUpsertKey } from './upsert-records.ts';
import { createBatchWriter } from './write-batch.ts';

/** `formwork import`: what is wrong with file or columns ends it before anything is written. */
export async function importFile(terminal: Terminal, file: string, options: ImportOptions): Promise<void> {
  const job = {
    file,
    options,
    format: options.as ?? formatOf(file),
    columns: { maps: parseMaps(options.map), ...parseDateFormats(options.dateFormat) },
    size: await inspectFile(file),
  };
  await withInstallation(terminal, async ({ control, postgres }) => {
    const tenant = await getTenant(control, options.tenant);
    const current = await getRegistry(control, tenant);
    await withDataPlane(postgres, (dataPlane) => run(terminal, { ...job, tenant, current, dataPlane }));
  });
}

interface Job {
  readonly file: string;
  readonly options: ImportOptions;
  readonly format: ReturnType<typeof formatOf>;
  readonly columns: ReturnType<typeof parseDateFormats> & { readonly maps: ReturnType<typeof parseMaps> };
  readonly size: number;
  readonly tenant: TenantRow;
  readonly current: VersionedRegistry;
  readonly dataPlane: DataPlane;
}

async function run(
  terminal: Terminal,
  { file, options, format, columns, size, ...place }: Job,
): Promise<void> {
  const { registry } = place.current;
  const entity = getEntity(registry, options.entity);
  const key = options.key === undefined ? null : getUpsertKey(entity, options.key);
  const progress = createProgress(terminal, size, options.json === true);
  const source = await openSource(file, { format, delimiter: options.delimiter, onBytes: progress.read });
  const reader = new RowReader(source.columns, {
    registry,
    entity,
    key,
    ...columns,
    skips: new Set(options.skip),
    listSeparator: options.listSeparator,
    nulls: new Set(options.null),
    isJson: format === 'json' || format === 'jsonl',
  });
  const rejected = await RejectedRows.open(options.rejects);
  progress.start();
  const summary = await importRows({
    rows: source.rows(),
    reader,
    writeBatch: createBatchWriter({ ...place, entity, key, isDryRun: options.dryRun === true }),
    batchSize: options.batch,
    onRejected: (row) => rejected.add(row),
    onProgress: progress.count,
    signal: terminal.interrupted,
  });
  progress.stop();
  await rejected.close();
  finish(terminal, options, summary, rejected);
}

/** Tells how it went; anything but a whole import is a failure. */
function finish(
  terminal: Terminal,
  options: ImportOptions,
  summary: ImportSummary,
  rejected: RejectedRows,
): void {
  const { rows, written, rejected: count, stopped, lastLine } = summary;
  const isWhole = stopped === null && count === 0;
  const details = { ...summary, dryRun: options.dryRun === true, firstRejected: rejected.shown };
  const done = options.dryRun === true ? `${written} would be written, nothing was` : `${written} written`;
  const line =
    rows === 0 ? 'The file has no rows: nothing was written.' : `${rows} rows: ${done}, ${count} rejected.`;
  if (isWhole || options.json !== true) print(terminal, options.json === true, details, [line]);
  if (isWhole) return;
  const message =
    stopped === null
      ? `${count} of ${rows} rows were rejected.`
      : `The import stopped, and rows behind line ${lastLine} were not written: ${stopped}`;
  throw new Failure(message, { problems: rejected.describe(), details });
}
