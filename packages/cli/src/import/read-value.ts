import { assertNever, type Field } from '@formwork/registry';
import { quote, quoteList } from '../quote.ts';
import { compileDateFormat, type MomentType, readIso } from './date-format.ts';
import { parseJson, toPlainJson } from './parse-json.ts';
import { readDecimal, readInteger, readMoney, readNumber } from './read-number.ts';
import { UnreadableValue } from './unreadable-value.ts';

/** What a cell holds for its field, as an input of the API has it. Not called for cells without a value. */
export type ValueReader = (cell: unknown) => unknown;

export interface ReadOptions {
  /** Of the column; ISO 8601 where it is absent. */
  readonly dateFormat?: string | undefined;
  /** Between the values of a list in a cell of text. */
  readonly listSeparator: string;
  /** Of JSON files: a text is a value, and not something that is yet to be read. */
  readonly isJson: boolean;
}

/**
 * The reader of a field. It turns text into what the field's type wants and refuses text that could mean something
 * else; whether the value is one that the field allows is left to the validation of the API.
 */
export function compileReader(field: Field, options: ReadOptions): ValueReader {
  const { type } = field;
  switch (type) {
    case 'text':
    case 'long_text':
    case 'email':
    case 'url':
    case 'phone':
    case 'duration':
      return (cell) => toPlainJson(cell);
    case 'integer':
    case 'rating':
    case 'autonumber':
      return readInteger;
    case 'number':
    case 'percent':
      return readNumber;
    case 'decimal':
      return readDecimal;
    case 'currency':
      return readMoney;
    case 'boolean':
      return readBoolean;
    case 'date':
    case 'datetime':
    case 'time':
      return compileMomentReader(type, options.dateFormat);
    case 'select':
      return (cell) => readChoice(field, cell);
    case 'multi_select':
      return (cell) => readList(cell, options.listSeparator).map((item) => readChoice(field, item));
    case 'json':
      return options.isJson ? toPlainJson : readJson;
    case 'link':
    case 'links':
      return (cell) => readId(field, cell);
    case 'rollup':
    case 'lookup':
    case 'formula':
      throw new Error(`Field "${field.key}" is computed.`);
    default:
      return assertNever(type);
  }
}

/** The items of a list: a JSON array as it is, text cut at the separator. Without empty ones. */
export function readList(cell: unknown, separator: string): readonly unknown[] {
  if (Array.isArray(cell)) return cell;
  if (typeof cell !== 'string') throw new UnreadableValue(`holds ${quote(cell)}, which is no list`);
  return cell
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((word): [string, boolean] => [word, true]),
  ...['false', 'f', 'no', 'n', '0'].map((word): [string, boolean] => [word, false]),
]);

function readBoolean(cell: unknown): unknown {
  if (typeof cell !== 'string') return toPlainJson(cell);
  const found = booleans.get(cell.trim().toLowerCase());
  if (found !== undefined) return found;
  throw new UnreadableValue(`holds ${quote(cell)}, which is neither true nor false (nor yes, no, 1, 0)`);
}

function compileMomentReader(type: MomentType, format: string | undefined): ValueReader {
  const read = format === undefined ? (text: string) => readIso(text, type) : compileDateFormat(format, type);
  const expected = format === undefined ? isoExample[type] : `written as ${quote(format)}`;
  return (cell) => {
    const found = typeof cell === 'string' ? read(cell) : null;
    if (found !== null) return found;
    throw new UnreadableValue(`holds ${quote(cell)}, which is no ${type} ${expected}`);
  };
}

const isoExample: Readonly<Record<MomentType, string>> = {
  date: 'like 2026-11-21 (another way of writing it: --date-format "column=dd.MM.yyyy")',
  datetime: 'like 2026-11-21T10:00:00Z (another way of writing it: --date-format "column=yyyy-MM-dd HH:mm")',
  time: 'like 10:00:00 (another way of writing it: --date-format "column=h:mm a")',
};

/** By key, by the name that the API shows, or by label. */
function readChoice(field: Field, cell: unknown): unknown {
  if (typeof cell !== 'string') return toPlainJson(cell);
  const text = cell.trim();
  const found =
    field.choices.find((choice) => choice.key === text || choice.name === text) ??
    field.choices.find((choice) => choice.label.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found.name;
  const keys = quoteList(field.choices.map((choice) => choice.key));
  throw new UnreadableValue(`holds ${quote(cell)}, which is none of its choices: ${keys}`);
}

function readJson(cell: unknown): unknown {
  try {
    return toPlainJson(parseJson(String(cell)));
  } catch {
    throw new UnreadableValue(`holds ${quote(cell)}, which is not JSON: text stands in double quotes`);
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Of a link that no key was named for. */
function readId(field: Field, cell: unknown): string {
  const text = typeof cell === 'string' ? cell.trim() : '';
  if (uuid.test(text)) return text;
  throw new UnreadableValue(
    `holds ${quote(cell)}, which is no id: name the key to find it by, --map "column=${field.key}.<key of ${field.options.target}>"`,
  );
}
