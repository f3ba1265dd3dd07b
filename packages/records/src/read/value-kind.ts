import type { FieldType } from '@formwork/registry';

/** How values of a column are read, compared and sorted; several field types share a kind. */
export type ValueKind =
  | 'id'
  | 'text'
  | 'int'
  | 'float'
  | 'decimal'
  | 'money'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'time'
  | 'duration'
  | 'select'
  | 'multi_select'
  | 'json';

/** By the type of a field's result. Null for one that has no column in the view, and for what only has a result. */
export const valueKinds: Readonly<Record<FieldType, ValueKind | null>> = {
  text: 'text',
  long_text: 'text',
  email: 'text',
  url: 'text',
  phone: 'text',
  integer: 'int',
  rating: 'int',
  autonumber: 'int',
  number: 'float',
  percent: 'float',
  decimal: 'decimal',
  currency: 'money',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  time: 'time',
  duration: 'duration',
  select: 'select',
  multi_select: 'multi_select',
  json: 'json',
  link: 'id',
  links: null,
  rollup: null,
  lookup: null,
  formula: null,
};
