import { isLosslessNumber } from 'lossless-json';
import { Failure } from '../failure.ts';
import { quote } from '../quote.ts';
import { parseJson } from './parse-json.ts';
import { readText } from './read-text.ts';
import { isBroken, type RowPlace, type Source, type SourceRow } from './source.ts';
import { splitArray } from './split-array.ts';
import { splitLines } from './split-lines.ts';

/** A piece of the file that should be one JSON object. */
export interface JsonPiece extends RowPlace {
  readonly text: string;
}

/** One object on each line. */
export function openJsonLines(path: string, onBytes: (bytes: number) => void): Promise<Source> {
  return openJson(splitLines(readText(path, onBytes)));
}

/** One array of objects, read one by one, so that it may be of any size. */
export function openJsonArray(path: string, onBytes: (bytes: number) => void): Promise<Source> {
  return openJson(splitArray(readText(path, onBytes), path));
}

/** Rows without columns that are kept while the first good one is looked for. */
const mostBroken = 1000;

async function openJson(pieces: AsyncGenerator<JsonPiece>): Promise<Source> {
  const ahead: SourceRow[] = [];
  let columns: readonly string[] = [];
  for (let row = await nextRow(pieces); row !== null; row = await nextRow(pieces)) {
    ahead.push(row);
    if (!isBroken(row)) {
      columns = [...row.cells.keys()];
      break;
    }
    if (ahead.length >= mostBroken)
      throw new Failure(`Line ${row.line} ${row.reason}, as are all lines before it.`);
  }
  return {
    columns,
    async *rows() {
      yield* ahead.splice(0);
      for (let row = await nextRow(pieces); row !== null; row = await nextRow(pieces)) yield row;
    },
  };
}

async function nextRow(pieces: AsyncGenerator<JsonPiece>): Promise<SourceRow | null> {
  const next = await pieces.next();
  return next.done ? null : toRow(next.value);
}

function toRow({ text, ...place }: JsonPiece): SourceRow {
  try {
    const value = parseJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value)) {
      return { ...place, cells: new Map(Object.entries(value)) };
    }
    return { ...place, reason: `is no JSON object but ${quote(text.trim())}` };
  } catch (error) {
    return { ...place, reason: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
