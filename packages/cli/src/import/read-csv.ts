import { Readable } from 'node:stream';
import { type Parser, parse } from 'csv-parse';
import { Failure } from '../failure.ts';
import { quote, quoteList } from '../quote.ts';
import { type CsvRecord, csvOptions, toCsvRecord } from './csv-options.ts';
import { readText } from './read-text.ts';
import type { BrokenRow, Source, SourceRow } from './source.ts';

/** CSV with a header. A row that is broken is given as one, and the rows behind it are read all the same. */
export async function openCsv(
  path: string,
  delimiter: string,
  onBytes: (bytes: number) => void,
): Promise<Source> {
  // What is broken, and what was found behind it, by a look aside: in the order of the file.
  const aside: (CsvRecord | BrokenRow)[] = [];
  const parser = parse(csvOptions(delimiter, 1, (row) => aside.push(row)));
  const records = startParsing(path, parser, onBytes);
  const first = await records.next();
  const columns = first.done ? [] : readHeader(path, first.value.cells, delimiter);
  return {
    columns,
    async *rows() {
      for await (const record of records) {
        // The parser is ahead of us: what it has put aside may stand behind this row.
        while (aside[0] !== undefined && aside[0].line < record.line) yield toRow(columns, aside.shift());
        yield toRow(columns, record);
      }
      for (const row of aside) yield toRow(columns, row);
    },
  };
}

async function* startParsing(
  path: string,
  parser: Parser,
  onBytes: (bytes: number) => void,
): AsyncGenerator<CsvRecord> {
  const text = Readable.from(readText(path, onBytes));
  text.on('error', (error) => parser.destroy(error));
  try {
    for await (const record of text.pipe(parser)) yield toCsvRecord(record);
  } finally {
    text.destroy();
  }
}

function readHeader(path: string, cells: readonly string[], delimiter: string): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) {
    throw new Failure(
      `The header of ${quote(path)} has ${quoteList([...new Set(twice)])} more than once: give each column a name of its own.`,
    );
  }
  const other = [';', '\t', '|', ','].find(
    (one) => one !== delimiter && names.length === 1 && names[0]?.includes(one),
  );
  if (other !== undefined) {
    throw new Failure(
      `The header of ${quote(path)} is one column, ${quote(names[0])}: if its columns are separated otherwise, ` +
        `say so with --delimiter ${other === '\t' ? 'tab' : `"${other}"`}.`,
    );
  }
  return names;
}

function toRow(columns: readonly string[], row: CsvRecord | BrokenRow | undefined): SourceRow {
  if (row === undefined) throw new Error('There is no row.');
  if ('reason' in row) return row;
  const { line, cells } = row;
  if (cells.length === columns.length) {
    return { line, cells: new Map(columns.map((column, index) => [column, cells[index]])) };
  }
  const reason = `has ${count(cells.length, 'value')}, and the header has ${count(columns.length, 'column')}`;
  return { line, reason };
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
