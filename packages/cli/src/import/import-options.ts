import { InvalidArgumentError } from 'commander';
import { usageFailure } from '../failure.ts';
import { quote } from '../quote.ts';
import type { FileFormat } from './open-source.ts';

/** Options of `formwork import`, as commander gives them. */
export interface ImportOptions {
  readonly tenant: string;
  readonly entity: string;
  readonly as?: FileFormat;
  readonly key?: string;
  readonly map?: readonly string[];
  readonly skip?: readonly string[];
  readonly dateFormat?: readonly string[];
  readonly null?: readonly string[];
  readonly delimiter: string;
  readonly listSeparator: string;
  readonly batch: number;
  readonly rejects?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** "column=path" as pairs. A column's name may have a "=" of its own, a field's key cannot. */
export function parseMaps(maps: readonly string[] = []): ReadonlyMap<string, string> {
  const pairs = maps.map((text): [string, string] => {
    const at = text.lastIndexOf('=');
    const [column, path] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    if (at < 1 || column === '' || path === '') {
      throw usageFailure(`--map ${quote(text)} should be "column=field", or "column=link.key" for a link.`);
    }
    return [column, path];
  });
  return uniquePairs('--map', pairs);
}

/** A format for all columns, and those that are for one: "column=format". */
export function parseDateFormats(formats: readonly string[] = []): {
  readonly dateFormat: string | undefined;
  readonly dateFormats: ReadonlyMap<string, string>;
} {
  const general = formats.filter((text) => !text.includes('='));
  if (general.length > 1) {
    throw usageFailure(
      `--date-format is given ${general.length} times for all columns: name the columns, "column=format".`,
    );
  }
  const pairs = formats
    .filter((text) => text.includes('='))
    .map((text): [string, string] => {
      const at = text.lastIndexOf('=');
      return [text.slice(0, at).trim(), text.slice(at + 1)];
    });
  return { dateFormat: general[0], dateFormats: uniquePairs('--date-format', pairs) };
}

export function parseDelimiter(text: string): string {
  const delimiter = text === 'tab' || text === '\\t' ? '\t' : text;
  if ([...delimiter].length === 1 && !/["\r\n]/.test(delimiter)) return delimiter;
  throw new InvalidArgumentError('It is one character, such as ";", or "tab".');
}

export function parseBatch(text: string): number {
  const size = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (size >= 1 && size <= 10_000) return size;
  throw new InvalidArgumentError('It is a whole number from 1 to 10000.');
}

function uniquePairs(
  option: string,
  pairs: readonly (readonly [string, string])[],
): ReadonlyMap<string, string> {
  const map = new Map(pairs);
  if (map.size === pairs.length) return map;
  const twice = pairs.find(([name], index) => pairs.findIndex(([other]) => other === name) !== index);
  throw usageFailure(`${option} is given twice for column ${quote(twice?.[0])}.`);
}
