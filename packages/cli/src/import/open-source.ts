import { extname } from 'node:path';
import { Failure } from '../failure.ts';
import { quote } from '../quote.ts';
import { openCsv } from './read-csv.ts';
import { openJsonArray, openJsonLines } from './read-json.ts';
import type { Source } from './source.ts';

export const fileFormats = ['csv', 'tsv', 'jsonl', 'json'] as const;

export type FileFormat = (typeof fileFormats)[number];

const extensions: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
};

/** The format that a file's name tells. */
export function formatOf(path: string): FileFormat {
  const format = extensions[extname(path).toLowerCase()];
  if (format !== undefined) return format;
  throw new Failure(
    `The name ${quote(path)} does not tell what is in the file: say it with --as ${fileFormats.join('|')}.`,
  );
}

interface SourceOptions {
  readonly format: FileFormat;
  /** Of CSV: one character. */
  readonly delimiter: string;
  readonly onBytes: (bytes: number) => void;
}

/** Opens a file of any size, up to its header or first object. */
export function openSource(path: string, { format, delimiter, onBytes }: SourceOptions): Promise<Source> {
  switch (format) {
    case 'csv':
      return openCsv(path, delimiter, onBytes);
    case 'tsv':
      return openCsv(path, '\t', onBytes);
    case 'jsonl':
      return openJsonLines(path, onBytes);
    case 'json':
      return openJsonArray(path, onBytes);
  }
}
