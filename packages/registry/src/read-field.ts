import { readHistory } from './aliases/read-aliases.ts';
import { copiedFrom } from './copied-default.ts';
import { didYouMean } from './did-you-mean.ts';
import { type FieldDocument, type FieldOptions, type FieldType, fieldTypes } from './document.ts';
import { fieldTypeRule, isFieldType } from './field-types.ts';
import type { Limits } from './limits.ts';
import { ObjectReader } from './object-reader.ts';
import { parseValue } from './parse-value.ts';
import { describe, quote } from './quote.ts';
import { readConversion } from './read-conversion.ts';
import { readOptions } from './read-options.ts';
import { readProse } from './read-prose.ts';

/** A field with its options in canonical form, or null where not even its type is known. */
export function readField(reader: ObjectReader, key: string, limits: Limits): FieldDocument | null {
  reader.onlyKnown([
    'key',
    'label',
    'description',
    'type',
    'required',
    'unique',
    'indexed',
    'default',
    'options',
    'aliases',
    'deprecated',
    'convertedFrom',
  ]);
  const prose = readProse(reader);
  const [required, unique, indexed] = [
    reader.flag('required'),
    reader.flag('unique'),
    reader.flag('indexed'),
  ];
  const type = readType(reader, key);
  if (type === null) {
    return null;
  }
  const problemsBefore = reader.problems.count;
  const optionsReader = reader.has('options')
    ? ObjectReader.open(reader.get('options'), reader.at('options'), reader.problems)
    : ObjectReader.open({}, reader.at('options'), reader.problems);
  const options = optionsReader ? readOptions(optionsReader, key, type, limits) : {};
  const field: FieldDocument = {
    key,
    ...prose,
    type,
    ...(required && { required }),
    ...(unique && { unique }),
    ...(indexed && { indexed }),
    ...(Object.keys(options).length > 0 && { options }),
    ...readHistory(reader, 'field'),
    ...readConversion(reader),
  };
  checkFlags(reader, field);
  const value = reader.problems.count === problemsBefore ? readDefault(reader, field) : undefined;
  return value === undefined ? field : { ...field, default: value };
}

function readType(reader: ObjectReader, key: string): FieldType | null {
  const type = reader.get('type');
  if (typeof type !== 'string') {
    const given = type === undefined ? 'it is missing' : `not ${describe(type)}`;
    reader.problem('TYPE_UNKNOWN', 'type', `The type of the field ${quote(key)} must be text: ${given}.`);
    return null;
  }
  if (!isFieldType(type)) {
    const hint = didYouMean(type, fieldTypes) || ` Known types: ${fieldTypes.join(', ')}.`;
    reader.problem('TYPE_UNKNOWN', 'type', `Unknown type ${quote(type)} of the field ${quote(key)}.${hint}`);
    return null;
  }
  return type;
}

function checkFlags(
  reader: ObjectReader,
  { key, type, required, unique, indexed, options }: FieldDocument,
): void {
  const rule = fieldTypeRule(type);
  const refuse = (name: 'required' | 'unique' | 'indexed', does: string) =>
    reader.problem(
      'NOT_SUPPORTED',
      name,
      `The field ${quote(key)} of type "${type}" cannot be ${does}. Remove "${name}".`,
    );
  if (required && !rule.required) {
    refuse('required', 'required');
  }
  if (unique && !rule.unique) {
    refuse('unique', 'unique');
  }
  if (indexed && !rule.indexable) {
    refuse('indexed', 'indexed');
  }
  if (indexed && type === 'formula' && options?.stored !== true) {
    const message = `The formula ${quote(key)} is computed when it is read, so it cannot be indexed. Make it stored ("stored": true) or remove "indexed".`;
    reader.problem('NOT_SUPPORTED', 'indexed', message);
  }
  if (required && options?.onDelete === 'set_null') {
    const message = `The link ${quote(key)} is required, so it cannot be emptied when its target is deleted. Use "restrict" or "cascade", or make it optional.`;
    reader.problems.add('ON_DELETE_INVALID', `${reader.at('options')}.onDelete`, message);
  }
}

function readDefault(reader: ObjectReader, field: FieldDocument): unknown {
  const value = reader.get('default');
  if (value === undefined || value === null) {
    return undefined;
  }
  const quoted = quote(field.key);
  if (!fieldTypeRule(field.type).default) {
    const message = `The field ${quoted} of type "${field.type}" cannot have a default. Remove "default".`;
    return reader.problem('NOT_SUPPORTED', 'default', message);
  }
  // Where it is copied from is checked when all entities are known.
  if (copiedFrom(field.type, value) !== null) {
    return value;
  }
  const parsed = parseValue(field.type, field.options ?? ({} satisfies FieldOptions), value);
  if ('reason' in parsed) {
    return reader.problem(
      'DEFAULT_INVALID',
      'default',
      `The default of the field ${quoted} ${parsed.reason}.`,
    );
  }
  return parsed.value;
}
