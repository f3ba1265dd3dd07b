import { type Entity, quote } from '@formwork/registry';
import type { ErrorObject } from 'ajv';
import type { InputPath, Violation, ViolationCode } from './violation.ts';

/** What ajv found, as a violation: where, a code, and a sentence with the field's label and the way out. */
export function describeError(
  entity: Entity,
  root: InputPath,
  input: unknown,
  error: ErrorObject,
): Violation {
  const at = pointerPath(error.instancePath, input);
  const missing = error.keyword === 'required' ? [String(error.params['missingProperty'])] : [];
  const unknown =
    error.keyword === 'additionalProperties' ? [String(error.params['additionalProperty'])] : [];
  const path = [...at, ...missing, ...unknown];
  const [code, reason] = describe(error, valueAt(input, at));
  return { path: [...root, ...path], code, message: `${subject(entity, path)} ${reason}` };
}

/** How messages call a place in the input: `"Price"`, `"amount" of "Price"`, `Item 3 of "Tags"`. */
export function subject(entity: Entity, path: InputPath): string {
  const [name = '', ...rest] = path;
  const label = quote(entity.fieldByName.get(String(name))?.label ?? String(name));
  const last = rest.at(-1);
  if (last === undefined) return label;
  return typeof last === 'number' ? `Item ${last + 1} of ${label}` : `${quote(last)} of ${label}`;
}

const formatReasons: Readonly<Record<string, string>> = {
  email: 'must be an e-mail address such as "ada@example.com"',
  uri: 'must be a web address that begins with "https://" or "http://"',
  phone: 'must be a phone number such as "+49 30 901820"',
  uuid: 'must be an id: a UUID such as "0193f5a2-7c1e-7000-8000-000000000000"',
  date: 'must be a date that exists, such as "2026-11-21"',
  'date-time':
    'must be a date and time with an offset and at most 6 digits of a second, such as "2026-11-21T10:00:00Z"',
  'iso-time': 'must be a time of day with at most 6 digits of a second, such as "09:30:00"',
  duration: 'must be a duration as in ISO 8601, such as "PT1H30M"',
  decimal: 'must be a decimal number such as "12.50"',
  'currency-code': 'must be a currency code of three letters (ISO 4217), such as "EUR"',
};

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function describe({ keyword, params, parentSchema }: ErrorObject, value: unknown): [ViolationCode, string] {
  const limit: unknown = params['limit'];
  switch (keyword) {
    case 'required':
      return ['REQUIRED', 'is required. Give a value.'];
    case 'type':
      return [
        'TYPE',
        `must be ${typeNames[String(params['type'])] ?? 'of another type'}, and ${quote(value)} is not.`,
      ];
    case 'minLength':
      return ['TOO_SHORT', `must have at least ${limit} characters; it has ${lengthOf(value)}.`];
    case 'maxLength':
      return ['TOO_LONG', `must have at most ${limit} characters; it has ${lengthOf(value)}.`];
    case 'minimum':
    case 'formatMinimum':
      return ['TOO_SMALL', `must be at least ${limit}; it is ${quote(value)}.`];
    case 'maximum':
    case 'formatMaximum':
      return ['TOO_LARGE', `must be at most ${limit}; it is ${quote(value)}.`];
    case 'maxItems':
      return ['TOO_MANY', `must have at most ${limit} items.`];
    case 'pattern':
      return ['PATTERN', `must match the pattern ${params['pattern']}, and ${quote(value)} does not.`];
    case 'format':
      return [
        'FORMAT',
        `${formatReasons[String(params['format'])] ?? 'has a wrong form'}; ${quote(value)} is not.`,
      ];
    case 'enum':
      return ['NOT_A_CHOICE', `must be one of ${listOf(params['allowedValues'])}; ${quote(value)} is not.`];
    case 'uniqueItems': {
      const [one = 0, other = 0] = [Number(params['i']), Number(params['j'])].sort((a, b) => a - b);
      return ['DUPLICATE', `must not have an item twice: items ${one + 1} and ${other + 1} are equal.`];
    }
    case 'x-precision':
      return [
        'PRECISION',
        `must have at most ${parentSchema?.['x-precision']} digits; ${quote(value)} has more.`,
      ];
    case 'x-scale':
      return [
        'PRECISION',
        `must have at most ${parentSchema?.['x-scale']} digits after the point; ${quote(value)} has more.`,
      ];
    case 'x-storable':
      return [
        'CHARACTERS',
        'has a character that cannot be stored (NUL, or half of a surrogate pair). Remove it.',
      ];
    case 'x-json':
      return [params['code'] as ViolationCode, String(params['reason'])];
    case 'additionalProperties':
      return ['UNKNOWN_FIELD', 'is not known here. Leave it out.'];
    case 'minProperties':
    case 'maxProperties':
      return [
        'ONE_OF',
        `must be given in exactly one way: one of ${listOf(Object.keys(parentSchema?.['properties'] ?? {}))}.`,
      ];
    default:
      return ['INVALID', 'is not valid.'];
  }
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? [...value].length : 0;
}

function listOf(values: unknown): string {
  const all = Array.isArray(values) ? values : [];
  const shown = all.slice(0, 20).map((value) => quote(value));
  return all.length > shown.length ? `${shown.join(', ')}, … (${all.length} in all)` : shown.join(', ');
}

/** RFC 6901 pointer to path; a step into a list is a number. */
function pointerPath(pointer: string, input: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(valueAt(input, path)) ? Number(name) : name);
  }
  return path;
}

function valueAt(input: unknown, path: InputPath): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    input,
  );
}
