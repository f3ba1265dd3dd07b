import { didYouMean } from './did-you-mean.ts';
import { type FieldOptions, type FieldType, rollupFunctions } from './document.ts';
import { formulaLimits } from './formula/formula-limits.ts';
import type { ObjectReader } from './object-reader.ts';
import { quote } from './quote.ts';

type ComputedOptions = Pick<FieldOptions, 'via' | 'field' | 'function' | 'filter' | 'expression' | 'stored'>;

/** What a lookup shows, how a formula or rollup is computed. Whether that makes sense is seen when all fields are known. */
export function readComputed(reader: ObjectReader, key: string, type: FieldType): ComputedOptions {
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
    case 'formula': {
      const isStored = reader.flag('stored') === true;
      return { ...readExpression(reader, key), ...(isStored && { stored: true }) };
    }
    case 'rollup':
      return readRollup(reader, key);
    default:
      return {};
  }
}

function readExpression(reader: ObjectReader, key: string): Pick<FieldOptions, 'expression'> {
  const read = readText(reader, 'expression', `The formula ${quote(key)} needs an "options.expression".`);
  return isTooLong(reader, 'expression', read.expression, `The expression of the formula ${quote(key)}`)
    ? {}
    : read;
}

function isTooLong(
  reader: ObjectReader,
  name: 'expression' | 'filter',
  text: string | undefined,
  who: string,
): boolean {
  if (text === undefined || text.length <= formulaLimits.length) {
    return false;
  }
  const message = `${who} is longer than ${formulaLimits.length} characters. Split it into several formulas.`;
  reader.problem('LIMIT_EXCEEDED', name, message);
  return true;
}

function readRollup(reader: ObjectReader, key: string): ComputedOptions {
  const who = `The rollup ${quote(key)}`;
  const name = readText(
    reader,
    'function',
    `${who} needs an "options.function": ${rollupFunctions.join(', ')}.`,
  ).function;
  const known = rollupFunctions.find((one) => one === name);
  if (name !== undefined && known === undefined) {
    const hint = didYouMean(name, rollupFunctions) || ` There are: ${rollupFunctions.join(', ')}.`;
    reader.problem('OPTION_INVALID', 'function', `${who} has the unknown function ${quote(name)}.${hint}`);
  }
  const via = readText(
    reader,
    'via',
    `${who} needs "options.via", the key of a way back or of links to many.`,
  );
  const filter = reader.text('filter');
  return {
    ...via,
    ...(known && { function: known }),
    ...readRolledField(reader, who, known === 'count'),
    ...(filter !== undefined &&
      !isTooLong(reader, 'filter', filter, `The filter of the rollup ${quote(key)}`) && { filter }),
  };
}

function readRolledField(reader: ObjectReader, who: string, isCount: boolean): Pick<FieldOptions, 'field'> {
  if (!isCount) {
    return readText(reader, 'field', `${who} needs "options.field", the key of a field there.`);
  }
  if (reader.has('field')) {
    const message = `${who} counts records, so it has no field. Count those with a value by the filter "not is_null(…)".`;
    reader.problem('OPTION_INVALID', 'field', message);
  }
  return {};
}

function readText<Name extends 'via' | 'field' | 'expression' | 'function'>(
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
