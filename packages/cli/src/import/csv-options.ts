import type { CsvError, Options } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import { Failure } from '../failure.ts';
import type { BrokenRow } from './source.ts';

export interface CsvRecord {
  /** On which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Characters of one record: who needs more has an open quote, and must not fill the memory with the rest of the file. */
const longestRecord = 2_500_000;

/**
 * How csv-parse is to read. Left to itself it looks for the next quote when one is out of place, and rows in between
 * are gone. So it reads tolerantly, what has quotes in it is held against the strict rules afterwards, and where that
 * fails the line is put aside as broken and the lines behind it are read anew. `line`: where the text begins.
 */
export function csvOptions(
  delimiter: string,
  line: number,
  putAside: (row: CsvRecord | BrokenRow) => void,
): Options {
  const lines = new LineCounter(line);
  const putAsideLines = (text: string, start: number, reason: string) => {
    putAside({ line: start, reason });
    const end = /\r\n|\r|\n/.exec(text);
    if (end === null) return;
    const rest = text.slice(end.index + end[0].length);
    for (const record of parseAtOnce(rest, csvOptions(delimiter, start + 1, putAside)))
      putAside(toCsvRecord(record));
  };
  return {
    ...rules,
    delimiter,
    max_record_size: longestRecord,
    raw: true,
    relax_quotes: true,
    skip_records_with_error: true,
    on_record: (given: unknown, info) => {
      // With `raw`, which its types do not say.
      const { record: cells, raw } = given as { readonly record: readonly string[]; readonly raw: string };
      const start = lines.count(cells, info.lines);
      const text = withoutEmptyLines(raw);
      if (isSound(cells, text)) return [String(start), ...cells];
      putAsideLines(text, start, strayQuote);
      return null;
    },
    on_skip: (error, raw) => {
      if (error?.code !== 'CSV_QUOTE_NOT_CLOSED') throw explain(error, lines.next);
      putAsideLines(withoutEmptyLines(raw ?? ''), lines.next, openQuote);
      return undefined;
    },
  };
}

/** A record is a list of texts to csv-parse, so its line travels as one more in front. */
export function toCsvRecord([line, ...cells]: readonly string[]): CsvRecord {
  return { line: Number(line), cells };
}

const rules = {
  bom: true,
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  skip_empty_lines: true,
} satisfies Options;

const strayQuote =
  'has a quote in the middle of a value: put the value in quotes and double the quotes in it';
const openQuote = 'opens a quote that is never closed';

/** csv-parse counts the empty lines before a record to its text. */
function withoutEmptyLines(raw: string): string {
  return raw.replace(/^[\r\n]+/, '');
}

/** A value with a quote in it was read by the strict rules if it stands in the text in quotes, its own doubled. */
function isSound(cells: readonly string[], text: string): boolean {
  return cells.every((cell) => !cell.includes('"') || text.includes(`"${cell.replaceAll('"', '""')}"`));
}

function explain(error: CsvError | undefined, line: number): Failure {
  return new Failure(
    error?.code === 'CSV_MAX_RECORD_SIZE'
      ? `line ${line} ${openQuote} within ${longestRecord} characters, so that the rest cannot be read`
      : `line ${line} cannot be read: ${error?.message ?? 'nothing more is known'}`,
  );
}

/** csv-parse counts a CRLF between quotes as two lines; this takes the difference off again. */
class LineCounter {
  readonly #offset: number;
  #tooMany = 0;
  #end: number;

  constructor(line: number) {
    this.#offset = line - 1;
    this.#end = line - 1;
  }

  /** The line on which the record begins that ends on `lines`. */
  count(cells: readonly string[], lines: number): number {
    let breaks = 0;
    for (const cell of cells) {
      if (!/[\r\n]/.test(cell)) continue;
      breaks += cell.match(/\r\n|\r|\n/g)?.length ?? 0;
      this.#tooMany += cell.match(/\r\n/g)?.length ?? 0;
    }
    this.#end = this.#offset + lines - this.#tooMany;
    return this.#end - breaks;
  }

  /** The line behind the last record. */
  get next(): number {
    return this.#end + 1;
  }
}
