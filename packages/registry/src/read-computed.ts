import type { FieldOptions, FieldType } from './document.ts';
import { formulaLimits } from './formula/formula-limits.ts';
import type { ObjectReader } from './object-reader.ts';
import { quote } from './quote.ts';

/** What a lookup shows, how a formula is computed. Whether that makes sense is seen when all fields are known. */
export function readComputed(
  reader: ObjectReader,
  key: string,
  type: FieldType,
): Pick<FieldOptions, 'via' | 'field' | 'expression'> {
  switch (type) {
    case 'lookup':
      return {
        ...readText(reader, 'via', `The lookup ${quote(key)} needs "options.via", the key of a link.`),
        ...readText(
          reader,
          'field',
          `The lookup ${quote(key)} needs "options.field", the key of a field there.`,
        ),
      };
    case 'formula':
      return readFormula(reader, key);
    default:
      return {};
  }
}

function readFormula(reader: ObjectReader, key: string): Pick<FieldOptions, 'expression'> {
  if (reader.flag('stored') === true) {
    const message = `The formula ${quote(key)} cannot be stored yet: its value is computed when it is read. Remove "stored".`;
    reader.problem('NOT_SUPPORTED', 'stored', message);
  }
  const read = readText(reader, 'expression', `The formula ${quote(key)} needs an "options.expression".`);
  if (read.expression !== undefined && read.expression.length > formulaLimits.length) {
    const message = `The expression of the formula ${quote(key)} is longer than ${formulaLimits.length} characters. Split it into several formulas.`;
    reader.problem('LIMIT_EXCEEDED', 'expression', message);
    return {};
  }
  return read;
}

function readText<Name extends 'via' | 'field' | 'expression'>(
  reader: ObjectReader,
  name: Name,
  missing: string,
): { readonly [N in Name]?: string } {
  const text = reader.text(name);
  if (!reader.has(name)) {
    reader.problem('MISSING', name, missing);
  }
  return text === undefined ? {} : ({ [name]: text } as { readonly [N in Name]?: string });
}
