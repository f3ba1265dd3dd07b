import { readHistory } from './aliases/read-aliases.ts';
import type { Draft, DraftEntity, DraftField, DraftKey } from './draft.ts';
import { keyProblem, longestPlural } from './keys.ts';
import type { Limits } from './limits.ts';
import { ObjectReader } from './object-reader.ts';
import type { ProblemList } from './problem-list.ts';
import { describe, quote } from './quote.ts';
import { readField } from './read-field.ts';
import { readProse } from './read-prose.ts';
import { mapInSteps, type Steps } from './steps.ts';

export function* readEntities(
  list: readonly unknown[],
  problems: ProblemList,
  limits: Limits,
): Steps<Draft['entities']> {
  const keys = new Set<string>();
  const read = yield* mapInSteps(list, (item, index) => {
    const reader = ObjectReader.open(item, `entities[${index}]`, problems);
    const key = reader ? readKey(reader, 'key of an entity') : undefined;
    if (!reader || key === undefined) {
      return [];
    }
    return readEntity(reader, key, isNew(reader, key, keys), limits);
  });
  return read.flat();
}

function readEntity(reader: ObjectReader, key: string, isNewKey: boolean, limits: Limits): DraftEntity {
  reader.onlyKnown([
    'key',
    'plural',
    'label',
    'description',
    'fields',
    'keys',
    'softDelete',
    'searchable',
    'aliases',
    'deprecated',
  ]);
  const plural = reader.text('plural');
  const pluralProblem = plural === undefined ? null : keyProblem(plural, 'plural', longestPlural);
  if (pluralProblem !== null) {
    reader.problem('KEY_INVALID', 'plural', pluralProblem);
  }
  const softDelete = reader.flag('softDelete');
  const searchable = reader.texts('searchable');
  return {
    path: reader.path,
    key,
    named: isNewKey && keyProblem(key, '') === null && pluralProblem === null,
    document: {
      key,
      ...(plural !== undefined && { plural }),
      ...readProse(reader),
      ...(softDelete && { softDelete }),
      ...(searchable && searchable.length > 0 && { searchable }),
      ...readHistory(reader, 'entity'),
    },
    fields: readFields(reader, key, limits),
    keys: readUniqueKeys(reader),
  };
}

function readFields(reader: ObjectReader, entityKey: string, limits: Limits): readonly DraftField[] {
  const list = reader.list('fields');
  if (!reader.has('fields')) {
    reader.problem('MISSING', 'fields', `The entity ${quote(entityKey)} has no list of "fields".`);
  }
  if (list && list.length > limits.fieldsPerEntity) {
    const message = `The entity ${quote(entityKey)} has ${list.length} fields; at most ${limits.fieldsPerEntity} are allowed.`;
    reader.problem('LIMIT_EXCEEDED', 'fields', message);
  }
  const keys = new Set<string>();
  return (list ?? []).flatMap((item, index) => {
    const field = ObjectReader.open(item, `${reader.at('fields')}[${index}]`, reader.problems);
    const key = field ? readKey(field, 'key of a field') : undefined;
    if (!field || key === undefined) {
      return [];
    }
    const named = isNew(field, key, keys) && keyProblem(key, '') === null;
    // What is beyond the limit is there to be spoken of, and not looked at any further.
    const document = index < limits.fieldsPerEntity ? readField(field, key, limits) : null;
    return { path: field.path, key, named, document };
  });
}

function readUniqueKeys(reader: ObjectReader): readonly DraftKey[] {
  const keys = new Set<string>();
  return (reader.list('keys') ?? []).flatMap((item, index) => {
    const keyReader = ObjectReader.open(item, `${reader.at('keys')}[${index}]`, reader.problems);
    const key = keyReader ? readKey(keyReader, 'key of a unique key') : undefined;
    if (!keyReader || key === undefined) {
      return [];
    }
    keyReader.onlyKnown(['key', 'fields', 'nullsEqual', 'caseInsensitive']);
    const named = isNew(keyReader, key, keys) && keyProblem(key, '') === null;
    const [nullsEqual, caseInsensitive] = [keyReader.flag('nullsEqual'), keyReader.flag('caseInsensitive')];
    const document = {
      key,
      fields: readParts(keyReader, key),
      ...(nullsEqual && { nullsEqual }),
      ...(caseInsensitive && { caseInsensitive }),
    };
    return { path: keyReader.path, named, document };
  });
}

const mostParts = 8;

function readParts(reader: ObjectReader, key: string): readonly string[] {
  const parts = reader.texts('fields');
  if (parts === undefined && reader.has('fields')) {
    return [];
  }
  if (parts === undefined || parts.length === 0) {
    reader.problem('MISSING', 'fields', `The unique key ${quote(key)} lists no "fields".`);
  } else if (parts.length > mostParts) {
    const message = `The unique key ${quote(key)} has ${parts.length} fields; at most ${mostParts} are allowed.`;
    reader.problem('LIMIT_EXCEEDED', 'fields', message);
  }
  return parts ?? [];
}

function readKey(reader: ObjectReader, what: string): string | undefined {
  const value = reader.get('key');
  if (typeof value !== 'string') {
    const message =
      value === undefined ? `The ${what} is missing.` : `The ${what} must be text, not ${describe(value)}.`;
    return reader.problem('KEY_INVALID', 'key', message);
  }
  const problem = keyProblem(value, what);
  if (problem !== null) {
    reader.problem('KEY_INVALID', 'key', problem);
  }
  return value;
}

function isNew(reader: ObjectReader, key: string, keys: Set<string>): boolean {
  if (keys.has(key)) {
    reader.problem('KEY_DUPLICATE', 'key', `The key ${quote(key)} is used twice. Give each its own.`);
    return false;
  }
  keys.add(key);
  return true;
}
