import { decimalOf, textOf, trimDecimal } from './decimal.ts';
import type { FieldInfo, Model, NaiveRecord } from './model.ts';
import { calendarDay, checkZone } from './naive-calendar.ts';
import { bad, given, onlyEntry } from './naive-errors.ts';
import type { Money } from './naive-values.ts';

export type Value = Pick<FieldInfo, 'kind' | 'choices'>;

/** What a step of `groupBy` makes of each record. */
export interface GroupStep {
  /** "home>name" */
  readonly way: string;
  readonly value: Value;
  readonly of: (record: NaiveRecord) => unknown;
}

/** Equal decimals may be written in several ways: before such text a "~" says that any will do. */
export const anyScale = '~';

export function groupStepOf(model: Model, typeName: string, step: unknown, way = ''): GroupStep {
  const [name, operand] = onlyEntry(step, 'groupBy');
  const field = model.field(typeName, name);
  if (field === null) throw new Error(`The model has no field "${typeName}.${name}" to group by`);
  const further = `${way}${name}`;
  const read = (record: NaiveRecord) => model.value(record, name);
  if (field.target !== null) {
    const inner = groupStepOf(model, field.target, operand, `${further}>`);
    const of = (record: NaiveRecord) => {
      const linked = model.get(read(record));
      return linked && inner.of(linked);
    };
    return { ...inner, of };
  }
  if (field.kind === 'date' || field.kind === 'datetime') {
    const { part, timeZone } = given(operand, further) as { part: string; timeZone?: string | null };
    if (field.kind === 'date' && timeZone) throw bad(further, 'has no time zone');
    const zone = checkZone(timeZone ?? 'UTC', further);
    const of = (record: NaiveRecord) => {
      const value = read(record);
      return value === null ? null : calendarDay(field.kind, String(value), part, zone);
    };
    return { way: further, value: { kind: 'date', choices: [] }, of };
  }
  if (operand !== true) throw bad(further, 'must be true');
  return { way: further, value: field, of: (record) => normal(field, read(record)) };
}

/** Equal values in one form. */
function normal({ kind }: Value, value: unknown): unknown {
  if (value === null) return null;
  if (kind === 'decimal') return textOf(trimDecimal(decimalOf(String(value))));
  if (kind !== 'money') return value;
  const { amount, currency } = value as Money;
  return { amount: `${anyScale}${textOf(trimDecimal(decimalOf(amount)))}`, currency };
}
