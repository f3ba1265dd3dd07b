import { didYouMean, type Field, twinOf } from '@formwork/registry';
import { Failure } from '../failure.ts';
import { quote, quoteList } from '../quote.ts';
import { type ColumnOptions, type Columns, isColumn } from './columns.ts';

/** Throws a Failure with everything that is wrong with the columns of a file, what there is, and the way out. */
export function checkColumns(names: readonly string[], columns: Columns, options: ColumnOptions): void {
  const { entity } = options;
  const unknown = names.map((name) => columns.get(name)).filter((found) => found instanceof Failure);
  const problems = [
    ...unknownNames(names, options),
    ...unknown.map(({ message }) => message),
    ...doubles(names, columns),
  ];
  if (problems.length === 0) problems.push(...missing(names, columns, options));
  if (problems.length === 0) return;
  const fields = entity.fields.map(({ key }) => key);
  throw new Failure(`The columns do not fit entity ${quote(entity.key)}; nothing was written.`, {
    problems: [
      ...problems,
      `The file has: ${quoteList(names, 100)}.`,
      `The entity has: ${quoteList(fields, 300)}.`,
      'Say which is which with --map "column=field", or leave a column out with --skip "column".',
    ],
  });
}

/** Options that name a column which is not there. In JSON it may still come. */
function unknownNames(
  columns: readonly string[],
  { maps, skips, dateFormats, isJson }: ColumnOptions,
): string[] {
  if (isJson || columns.length === 0) return [];
  const named = { '--map': maps, '--skip': skips, '--date-format': dateFormats };
  return Object.entries(named).flatMap(([option, names]) =>
    [...names.keys()]
      .filter((name) => !columns.includes(name))
      .map((name) => `${option}: there is no column ${quote(name)}.${didYouMean(name, columns)}`),
  );
}

function doubles(names: readonly string[], columns: Columns): string[] {
  const first = new Map<string, string>();
  return names.flatMap((name) => {
    const column = columns.get(name);
    if (!isColumn(column)) return [];
    const { field, key } = column.target;
    const place = key === null ? field.key : `${field.key}.${key.key}.${column.target.part.key}`;
    const other = first.get(place);
    first.set(place, name);
    return other === undefined
      ? []
      : [`Columns ${quote(other)} and ${quote(name)} both go to ${quote(place)}.`];
  });
}

function missing(names: readonly string[], columns: Columns, { entity, key }: ColumnOptions): string[] {
  if (names.length === 0) return [];
  const given = new Set(
    names
      .map((name) => columns.get(name))
      .filter(isColumn)
      .map(({ target }) => target.field),
  );
  // Of two that are one value in two types either will do; the old one is not asked for.
  const isThere = (field: Field) => {
    const twin = twinOf(entity, field);
    return given.has(field) || (twin !== undefined && (field.replacedBy !== null || given.has(twin)));
  };
  const needed = key?.fields ?? entity.fields.filter((field) => isNeeded(field) && !isThere(field));
  const reason = key === null ? 'which is required' : `which is part of the key ${quote(key.key)}`;
  return needed
    .filter((field) => !given.has(field))
    .map((field) => `No column gives ${quote(field.key)}, ${reason}.`);
}

/** No record can be created without a value for it. */
function isNeeded({ required, default: value, type }: Field): boolean {
  return required && type !== 'autonumber' && (value === undefined || value === null);
}
