import type { FieldOptions, FieldType } from './document.ts';

/**
 * What a type means in storage: the one table. `slot` is the kind of typed column that can carry the search key,
 * `encoding` how the key is made from the value, `lossless` whether the value can be read back from the key.
 */
export interface FieldTypeRule {
  readonly slot: SlotKind | null;
  /** folded: prefix without case and accents; exact: the text itself; number: float8; time: timestamptz; id: uuid. */
  readonly encoding: 'folded' | 'exact' | 'number' | 'time' | 'id' | null;
  readonly lossless: boolean;
  /** How the value stands in `records.data`; null where it does not stand there. */
  readonly json: 'string' | 'number' | 'boolean' | 'array' | 'money' | 'any' | null;
  readonly indexable: boolean;
  /** May be unique by itself and part of a unique key. */
  readonly unique: boolean;
  readonly required: boolean;
  readonly default: boolean;
  /** `search:` can look into it. */
  readonly searchable: boolean;
  readonly options: readonly (keyof FieldOptions)[];
}

/** One letter of the slot's column: text, number (float8), date (timestamptz), link (uuid), unique text. */
export type SlotKind = 't' | 'n' | 'd' | 'l' | 'u';

const base = {
  slot: null,
  encoding: null,
  lossless: false,
  indexable: false,
  unique: false,
  required: true,
  default: true,
  searchable: false,
} as const;

const text = {
  ...base,
  slot: 't',
  encoding: 'folded',
  json: 'string',
  indexable: true,
  unique: true,
  searchable: true,
  options: ['minLength', 'maxLength', 'pattern', 'caseInsensitive'],
} as const;

const number = {
  ...base,
  slot: 'n',
  encoding: 'number',
  lossless: true,
  json: 'number',
  indexable: true,
  unique: true,
  options: ['min', 'max'],
} as const;

const time = {
  ...base,
  slot: 'd',
  encoding: 'time',
  lossless: true,
  json: 'string',
  indexable: true,
  unique: true,
  options: ['min', 'max'],
} as const;

const computed = { ...base, json: null, required: false, default: false } as const;
/** Indexed by what it gives: see `resultType`. */
const kept = { ...computed, indexable: true } as const;

/** The table behind {@link fieldTypeRule}; a type forgotten here is a type error. */
export const fieldTypeRules: Readonly<Record<FieldType, FieldTypeRule>> = {
  text,
  long_text: text,
  email: text,
  url: text,
  phone: text,
  integer: number,
  number,
  // float8 finds and sorts them; the exact digits are in data.
  decimal: { ...number, lossless: false, options: ['min', 'max', 'scale', 'precision'] },
  currency: {
    ...number,
    lossless: false,
    json: 'money',
    options: ['min', 'max', 'scale', 'precision', 'currencies'],
  },
  percent: number,
  rating: { ...number, options: ['highest'] },
  boolean: { ...number, json: 'boolean', options: [] },
  date: time,
  datetime: time,
  // Canonical times sort as text.
  time: { ...time, slot: 't', encoding: 'exact' },
  // "PT60M" and "PT1H" are one duration and two texts, so text cannot order or compare them.
  duration: { ...base, json: 'string', options: [] },
  select: {
    ...base,
    slot: 't',
    encoding: 'exact',
    lossless: true,
    json: 'string',
    indexable: true,
    unique: true,
    options: ['choices', 'initial', 'transitions'],
  },
  multi_select: { ...base, json: 'array', options: ['choices'] },
  json: { ...base, json: 'any', options: [] },
  autonumber: { ...number, default: false, options: [] },
  // A link always has its slot: the foreign key needs it, so it is neither "indexed" nor not.
  link: {
    ...base,
    slot: 'l',
    encoding: 'id',
    lossless: true,
    json: 'string',
    indexable: true,
    unique: true,
    default: false,
    options: ['target', 'inverse', 'onDelete'],
  },
  links: { ...base, json: null, required: false, default: false, options: ['target', 'inverse', 'onDelete'] },
  rollup: { ...kept, options: ['via', 'function', 'field', 'filter'] },
  lookup: { ...computed, options: ['via', 'field'] },
  formula: { ...kept, options: ['expression', 'stored'] },
};

/** What the type means; see {@link FieldTypeRule}. */
export function fieldTypeRule(type: FieldType): FieldTypeRule {
  return fieldTypeRules[type];
}

/** Whether text is one of the known types ("constructor" is not). */
export function isFieldType(type: string): type is FieldType {
  return Object.hasOwn(fieldTypeRules, type);
}

/** Ends a switch over types (or any union): a case forgotten there is a type error. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value ${JSON.stringify(value)}`);
}
