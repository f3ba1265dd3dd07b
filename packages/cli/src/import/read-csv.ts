import { Readable } from 'node:stream';
import { type CsvError, type Parser, parse } from 'csv-parse';
import { Failure } from '../failure.ts';
import { quote, quoteList } from '../quote.ts';
import { longestRecord, readText } from './read-text.ts';
import type { BrokenRow, Source, SourceRow } from './source.ts';

interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** CSV with a header. A row that is broken is given as one, and the rows behind it are read all the same. */
export async function openCsv(
  path: string,
  delimiter: string,
  onBytes: (bytes: number) => void,
): Promise<Source> {
  const broken: BrokenRow[] = [];
  const lines = new LineCounter();
  const parser = parse({
    bom: true,
    delimiter,
    max_record_size: longestRecord,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    // The line travels as one more value in front, for a record is a list of texts to csv-parse.
    on_record: (cells, info) => [String(lines.count(cells, info.lines)), ...cells],
    on_skip: (error) => {
      const row = { line: lines.ofError(error), reason: describe(error) };
      if (broken.at(-1)?.line !== row.line) broken.push(row);
      return undefined;
    },
  });
  const records = startParsing(path, parser, onBytes);
  const first = await records.next();
  const columns = first.done ? [] : readHeader(path, first.value.cells, delimiter);
  return {
    columns,
    async *rows() {
      for await (const record of records) {
        // The parser is ahead of us: what it found broken may stand behind this row.
        while (broken[0] !== undefined && broken[0].line < record.line) yield broken.shift() as BrokenRow;
        yield toRow(columns, record);
      }
      yield* broken;
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
    for await (const record of text.pipe(parser)) {
      const [line, ...cells]: readonly string[] = record;
      yield { line: Number(line), cells };
    }
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

function toRow(columns: readonly string[], { cells, line }: CsvRecord): SourceRow {
  if (cells.length !== columns.length) {
    return {
      line,
      reason: `has ${count(cells.length, 'value')}, and the header has ${count(columns.length, 'column')}`,
    };
  }
  return { line, cells: new Map(columns.map((column, index) => [column, cells[index]])) };
}

/** csv-parse counts a CRLF between quotes as two lines; this takes the difference off again. */
class LineCounter {
  #counted = 0;
  #end = 0;

  /** The line on which the record begins. */
  count(cells: readonly string[], lines: number): number {
    let breaks = 0;
    for (const cell of cells) {
      if (!/[\r\n]/.test(cell)) continue;
      breaks += cell.match(/\r\n|\r|\n/g)?.length ?? 0;
      this.#counted += cell.match(/\r\n/g)?.length ?? 0;
    }
    this.#end = lines - this.#counted;
    return this.#end - breaks;
  }

  ofError(error: CsvError | undefined): number {
    // An open quote is noticed at the end of the file, far from where it stands.
    if (error === undefined || isEndless(error)) return this.#end + 1;
    return Number(error.lines ?? 0) - this.#counted;
  }
}

function isEndless(error: CsvError): boolean {
  return error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE';
}

function describe(error: CsvError | undefined): string {
  switch (error?.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'opens a quote that is never closed, so that the rest of the file was taken for one value';
    case 'CSV_MAX_RECORD_SIZE':
      return `is longer than ${longestRecord} characters: most likely a quote is never closed`;
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return 'has a quote in the middle of a value: put the value in quotes and double the quotes in it';
    default:
      return error?.message ?? 'cannot be read';
  }
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
