import { compareValues, parseBound } from './bounds.ts';
import { didYouMean } from './did-you-mean.ts';
import type { FieldOptions, FieldType } from './document.ts';
import { fieldTypeRule, fieldTypeRules } from './field-types.ts';
import type { Limits } from './limits.ts';
import type { ObjectReader } from './object-reader.ts';
import { patternProblem } from './pattern.ts';
import { describe, quote } from './quote.ts';
import { readChoices, readTransitions } from './read-choices.ts';
import { readComputed } from './read-computed.ts';
import { readLink } from './read-link.ts';

const longestText = 10_000_000;
/** Options of any type. */
const anywhere = new Set<string>(Object.values(fieldTypeRules).flatMap((rule) => rule.options));

/** The options that the type has, each checked and in canonical form; what is wrong is left out. */
export function readOptions(
  reader: ObjectReader,
  key: string,
  type: FieldType,
  limits: Limits,
): FieldOptions {
  const rule = fieldTypeRule(type);
  checkKnown(reader, type);
  const options = {
    ...readBounds(reader, type),
    ...readLengths(reader, key),
    ...readPattern(reader),
    caseInsensitive: reader.flag('caseInsensitive') || undefined,
    ...readDigits(reader),
    currencies: readCurrencies(reader),
    highest: reader.integer('highest', 1, 100),
    ...(rule.options.includes('choices') && readChoices(reader, key, limits)),
    ...(rule.options.includes('transitions') && readTransitions(reader)),
    ...(rule.options.includes('target') && readLink(reader, key, type)),
    ...readComputed(reader, key, type),
  };
  const known = Object.entries(options).filter(
    ([name, value]) => value !== undefined && rule.options.includes(name as keyof FieldOptions),
  );
  return Object.fromEntries(known);
}

function checkKnown(reader: ObjectReader, type: FieldType): void {
  const known = fieldTypeRule(type).options;
  for (const name of reader.names().filter((option) => !known.some((one) => one === option))) {
    const [what, hint] = anywhere.has(name)
      ? [
          `The type "${type}" has no option ${quote(name)}.`,
          known.length > 0 ? ` It has: ${known.join(', ')}.` : '',
        ]
      : [`Unknown option ${quote(name)}.`, didYouMean(name, known)];
    reader.problem('OPTION_UNKNOWN', name, what + hint);
  }
}

function readBounds(reader: ObjectReader, type: FieldType): Pick<FieldOptions, 'min' | 'max'> {
  if (!fieldTypeRule(type).options.includes('min')) {
    return {};
  }
  const [min, max] = [readBound(reader, type, 'min'), readBound(reader, type, 'max')];
  if (min !== undefined && max !== undefined && compareValues(type, min, max) > 0) {
    reader.problem('OPTION_INVALID', 'max', `"max" (${max}) is less than "min" (${min}).`);
  }
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function readBound(reader: ObjectReader, type: FieldType, name: 'min' | 'max'): number | string | undefined {
  const value = reader.get(name);
  const bound = value === undefined ? undefined : parseBound(type, value);
  if (bound === null) {
    const given = typeof value === 'string' ? quote(value) : describe(value);
    return reader.problem(
      'OPTION_INVALID',
      name,
      `"${name}" must be a value of type "${type}", not ${given}.`,
    );
  }
  return bound;
}

function readLengths(reader: ObjectReader, key: string): Pick<FieldOptions, 'minLength' | 'maxLength'> {
  const minLength = reader.integer('minLength', 0, longestText);
  const maxLength = reader.integer('maxLength', 1, longestText);
  if (minLength !== undefined && maxLength !== undefined && maxLength < minLength) {
    const message = `"maxLength" (${maxLength}) of the field ${quote(key)} is less than "minLength" (${minLength}).`;
    reader.problem('OPTION_INVALID', 'maxLength', message);
  }
  return { ...(minLength !== undefined && { minLength }), ...(maxLength !== undefined && { maxLength }) };
}

function readPattern(reader: ObjectReader): Pick<FieldOptions, 'pattern'> {
  const pattern = reader.text('pattern');
  const problem = pattern === undefined ? null : patternProblem(pattern);
  if (problem !== null) {
    reader.problem('PATTERN_INVALID', 'pattern', problem);
  }
  return pattern === undefined || problem !== null ? {} : { pattern };
}

function readDigits(reader: ObjectReader): Pick<FieldOptions, 'scale' | 'precision'> {
  const scale = reader.integer('scale', 0, 20);
  const precision = reader.integer('precision', 1, 38);
  if (precision !== undefined && scale !== undefined && scale > precision) {
    reader.problem('OPTION_INVALID', 'scale', `"scale" (${scale}) is more than "precision" (${precision}).`);
  }
  return { ...(scale !== undefined && { scale }), ...(precision !== undefined && { precision }) };
}

function readCurrencies(reader: ObjectReader): readonly string[] | undefined {
  const currencies = reader.texts('currencies');
  for (const code of currencies ?? []) {
    if (!/^[A-Z]{3}$/.test(code)) {
      reader.problem('OPTION_INVALID', 'currencies', `${quote(code)} is no ISO 4217 code, as "EUR".`);
    }
  }
  if (currencies?.length === 0) {
    reader.problem(
      'OPTION_INVALID',
      'currencies',
      'The list "currencies" is empty. Leave it out to allow all.',
    );
  }
  return currencies;
}
