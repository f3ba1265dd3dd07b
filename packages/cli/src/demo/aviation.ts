import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { importRecords } from '@formwork/records';
import { Failure } from '../failure.ts';
import { importRows } from '../import/import-rows.ts';
import { openSource } from '../import/open-source.ts';
import { RowReader } from '../import/row-reader.ts';
import { getEntity } from '../load-registry.ts';
import { demoActor, type LoadContext } from './load-context.ts';

interface DataFile {
  readonly name: string;
  readonly format: 'csv' | 'json';
  readonly entity: string;
  readonly maps: ReadonlyMap<string, string>;
  readonly dateFormat?: string;
  readonly nulls?: readonly string[];
}

/** Read as `formwork import` would read them with these options. */
const files: readonly DataFile[] = [
  { name: 'airports.csv', format: 'csv', entity: 'airport', maps: new Map(), nulls: ['NA'] },
  {
    name: 'flights-20k.json',
    format: 'json',
    entity: 'flight',
    maps: new Map([
      ['date', 'departs_at'],
      ['origin', 'airport.iata'],
      ['destination', 'airport.iata'],
    ]),
    dateFormat: 'yyyy/MM/dd HH:mm',
  },
];

/** Airports and flights of the first quarter of 2001, from the npm package vega-datasets. */
export async function loadAviation(context: LoadContext): Promise<void> {
  const package_ = createRequire(import.meta.url).resolve('vega-datasets');
  for (const file of files) await loadFile(context, join(dirname(package_), '../data', file.name), file);
}

async function loadFile({ registry, execute }: LoadContext, path: string, file: DataFile): Promise<void> {
  const entity = getEntity(registry, file.entity);
  const source = await openSource(path, { format: file.format, delimiter: ',', onBytes: () => {} });
  const reader = new RowReader(source.columns, {
    registry,
    entity,
    key: null,
    maps: file.maps,
    skips: new Set(),
    dateFormat: file.dateFormat,
    dateFormats: new Map(),
    listSeparator: ';',
    nulls: new Set(file.nulls),
    isJson: file.format === 'json',
  });
  const { stopped } = await importRows({
    rows: source.rows(),
    reader,
    writeBatch: async (inputs) => {
      const outcomes = await importRecords(
        { registry, execute, actor: demoActor },
        entity.names.type,
        inputs,
      );
      return outcomes.map((outcome) => ('error' in outcome ? outcome.error.message : null));
    },
    batchSize: 1000,
    onRejected: ({ line, reason }) => {
      throw new Failure(`${file.name}, line ${line}: ${reason}`);
    },
    onProgress: () => {},
  });
  if (stopped !== null) throw new Failure(stopped);
}
