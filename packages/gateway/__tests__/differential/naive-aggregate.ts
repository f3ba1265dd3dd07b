import type { Model, NaiveRecord } from './model.ts';
import { pageSize } from './naive-connection.ts';
import { bad, onlyEntry, Refusal } from './naive-errors.ts';
import { NaiveFilters } from './naive-filter.ts';
import { anyScale, type GroupStep, groupStepOf, type Value } from './naive-group-step.ts';
import { compareSorted, type Direction, directionOf } from './naive-order.ts';
import { searchTest } from './naive-search.ts';
import { togetherTest, totalOf } from './naive-together.ts';

export interface AggregateArguments {
  readonly where?: unknown;
  readonly search?: string | null;
  readonly groupBy?: unknown;
  readonly having?: unknown;
  readonly orderBy?: unknown;
  readonly first?: number | null;
}

/** Records that share their keys. */
export interface NaiveGroup {
  readonly typeName: string;
  readonly keys: readonly unknown[];
  readonly records: readonly NaiveRecord[];
}

export function groupsOf(
  model: Model,
  typeName: string,
  records: readonly NaiveRecord[],
  { where, groupBy, having, orderBy, first, search }: AggregateArguments,
): readonly NaiveGroup[] {
  const size = pageSize('first', first);
  const steps = limited(groupBy).map((step) => groupStepOf(model, typeName, step));
  const isWanted =
    having === undefined ? () => true : togetherTest(new NaiveFilters(model), model, typeName, having, 0);
  const terms = limited(orderBy).flatMap((step) => termsOf(model, typeName, steps, step));
  const byKeys = steps.map((step, at) => keyTerm(step, at, { descending: false, nullsFirst: false }));
  const matches =
    where === undefined ? () => true : new NaiveFilters(model).records(typeName, where, 'where');
  const groups = new Map<string, NaiveRecord[]>();
  const isFound = searchTest(search);
  for (const record of records.filter((one) => matches(one) && isFound(one))) {
    const key = JSON.stringify(steps.map(({ of }) => of(record)));
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  if (steps.length === 0 && groups.size === 0) groups.set('[]', []);
  return [...groups.values()]
    .map((own) => ({ typeName, keys: steps.map(({ of }) => of(own[0] as NaiveRecord)), records: own }))
    .filter((group) => isWanted(group.records))
    .sort((a, b) => compareGroups([...terms, ...byKeys], a, b))
    .slice(0, size);
}

interface Term {
  readonly value: Value;
  readonly of: (group: NaiveGroup) => unknown;
  readonly direction: Direction;
}

function compareGroups(terms: readonly Term[], a: NaiveGroup, b: NaiveGroup): number {
  for (const { value, of, direction } of terms) {
    const order = compareSorted(value, of(a), of(b), direction, Number.POSITIVE_INFINITY);
    if (order !== 0) return order;
  }
  return 0;
}

function termsOf(
  model: Model,
  typeName: string,
  steps: readonly GroupStep[],
  step: unknown,
): readonly Term[] {
  const [name, operand] = onlyEntry(step, 'orderBy');
  if (name === 'count') {
    const value: Value = { kind: 'int', choices: [] };
    return [{ value, of: ({ records }) => records.length, direction: directionOf(operand, name) }];
  }
  if (name === 'key') {
    const [way, direction] = wayOf(operand);
    const keys = steps.flatMap((each, at) => (each.way === way ? [keyTerm(each, at, direction)] : []));
    if (keys.length === 0) throw bad(way, 'is not grouped by');
    return keys;
  }
  const [fieldName, direction] = onlyEntry(operand, name);
  const { value, of } = totalOf(model, typeName, name, fieldName);
  return [{ value, of: ({ records }) => of(records), direction: directionOf(direction, fieldName) }];
}

function keyTerm({ value }: GroupStep, at: number, direction: Direction): Term {
  return { value, of: ({ keys }) => bare(keys[at]), direction };
}

/** "home>name" of `{ home: { name: ASC } }`, and how. */
function wayOf(step: unknown): [string, Direction] {
  const [name, operand] = onlyEntry(step, 'key');
  if (typeof operand === 'string') return [name, directionOf(operand, name)];
  const [rest, direction] = wayOf(operand);
  return [`${name}>${rest}`, direction];
}

/** A key as it is compared. */
function bare(key: unknown): unknown {
  const amount = (key as { amount?: string } | null)?.amount;
  return amount === undefined ? key : { ...(key as object), amount: amount.slice(anyScale.length) };
}

function limited(steps: unknown): readonly unknown[] {
  const list = (steps ?? []) as readonly unknown[];
  if (list.length > 20) throw new Refusal('LIMIT_EXCEEDED', 'There are too many steps');
  return list;
}
