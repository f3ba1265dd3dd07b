import type { FieldType } from '@formwork/registry';
import { boolean } from './field-types/boolean.ts';
import { currency } from './field-types/currency.ts';
import { date } from './field-types/date.ts';
import { datetime } from './field-types/datetime.ts';
import { decimal } from './field-types/decimal.ts';
import { duration } from './field-types/duration.ts';
import { integer } from './field-types/integer.ts';
import { json } from './field-types/json.ts';
import { link } from './field-types/link.ts';
import { multiSelect } from './field-types/multi-select.ts';
import { number } from './field-types/number.ts';
import { select } from './field-types/select.ts';
import { text } from './field-types/text.ts';
import { time } from './field-types/time.ts';
import type { StoredType } from './stored-type.ts';

/** By field type; null for those whose values are not in `data`. A type forgotten here is a type error. */
export const storedTypes: Readonly<Record<FieldType, StoredType | null>> = {
  text,
  long_text: text,
  email: text,
  url: text,
  phone: text,
  integer,
  number,
  decimal,
  currency,
  percent: number,
  rating: integer,
  boolean,
  date,
  datetime,
  time,
  duration,
  select,
  multi_select: multiSelect,
  json,
  autonumber: integer,
  link,
  // Rows of record_links.
  links: null,
  rollup: null,
  lookup: null,
  formula: null,
};
