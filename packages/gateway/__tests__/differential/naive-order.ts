import type { FieldInfo, ManyInfo, Model, NaiveRecord } from './model.ts';
import { bad, onlyEntry, Refusal } from './naive-errors.ts';
import { totalOf } from './naive-together.ts';
import { compareBytes, compareFully, compareTexts } from './naive-values.ts';

export interface Direction {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export function directionOf(value: unknown, path: string): Direction {
  if (typeof value !== 'string') throw bad(path, 'is no direction');
  const descending = value.startsWith('DESC');
  return { descending, nullsFirst: value.endsWith('FIRST') || value === 'DESC' };
}

/** As lists sort: null by its place, and of long texts the first thousand characters. */
export function compareSorted(
  field: Pick<FieldInfo, 'kind' | 'choices'>,
  a: unknown,
  b: unknown,
  { descending, nullsFirst }: Direction,
  textLength = 1000,
): number {
  if (a === null || b === null) {
    if (a === b) return 0;
    return (a === null) === nullsFirst ? -1 : 1;
  }
  const order =
    field.kind === 'text' ? compareTexts(String(a), String(b), textLength) : compareFully(field, a, b);
  return descending ? -order : order;
}

export interface NaiveOrder {
  readonly compare: (a: NaiveRecord, b: NaiveRecord) => number;
  /** Equal for orderings that are the same. */
  readonly signature: string;
}

interface Step {
  readonly way: string;
  readonly field: Pick<FieldInfo, 'kind' | 'choices'>;
  readonly sorted: (record: NaiveRecord) => unknown;
  readonly direction: Direction;
}

export function orderOf(model: Model, typeName: string, orderBy: unknown): NaiveOrder {
  const given = (orderBy ?? []) as readonly unknown[];
  if (given.length > 20) throw new Refusal('LIMIT_EXCEEDED', 'There are too many steps');
  const all = given.map((step) => stepOf(model, typeName, step, ''));
  const id = all.findIndex(({ way }) => way === 'id');
  const descending = all.at(-1)?.direction.descending ?? false;
  // By the id all is decided; without it, it decides at last, in the direction of what stands before it.
  const last: Step = {
    way: 'id',
    field: { kind: 'id', choices: [] },
    sorted: (record) => record.id,
    direction: { descending, nullsFirst: descending },
  };
  const steps = id === -1 ? [...all, last] : all.slice(0, id + 1);
  return {
    compare: (a, b) => {
      for (const { field, sorted, direction } of steps) {
        const order = compareSorted(field, sorted(a), sorted(b), direction);
        if (order !== 0) return order;
      }
      return compareBytes(a.id, b.id);
    },
    signature: JSON.stringify(steps.map(({ way, direction }) => [way, direction])),
  };
}

function stepOf(model: Model, typeName: string, step: unknown, way: string): Step {
  const [name, operand] = onlyEntry(step, way);
  const many = model.many(typeName, name);
  if (many !== null) return togetherStep(model, many, operand, `${way}${name}.`);
  const field = model.field(typeName, name);
  if (field === null) throw new Error(`The model has no field "${typeName}.${name}" to sort by`);
  if (field.target === null) {
    const direction = directionOf(operand, name);
    return { way: way + name, field, sorted: (record) => model.value(record, name), direction };
  }
  const inner = stepOf(model, field.target, operand, `${way}${name}>`);
  return {
    ...inner,
    sorted: (record) => {
      const linked = model.get(record.values[name]);
      return linked && inner.sorted(linked);
    },
  };
}

/** By what the records behind a link to many are together. */
function togetherStep(model: Model, { target, of }: ManyInfo, step: unknown, way: string): Step {
  const [how, operand] = onlyEntry(step, way);
  if (how === 'count') {
    const direction = directionOf(operand, how);
    const field = { kind: 'int', choices: [] } as const;
    return { way: `${way}count`, field, sorted: (record) => of(record).length, direction };
  }
  const [name, direction] = onlyEntry(operand, way);
  const total = totalOf(model, target, how, name);
  return {
    way: `${way}${how}.${name}`,
    field: total.value,
    sorted: (record) => total.of(of(record)),
    direction: directionOf(direction, name),
  };
}
