import { compareDecimals } from '@formwork/registry';
import type { Values } from '../src/contract.ts';
import { countDistinct, together } from './read-model-together.ts';

/**
 * What lists should answer, written as plainly as possible: everything in memory, one record at a time. Values are as
 * GraphQL shows them.
 */
export interface ModelRecord {
  readonly id: string;
  readonly text: string | null;
  readonly integer: number | null;
  readonly number: number | null;
  readonly decimal: string | null;
  readonly currency: Money | null;
  readonly boolean: boolean | null;
  readonly date: string | null;
  readonly datetime: string | null;
  readonly time: string | null;
  readonly duration: string | null;
  readonly select: string | null;
  readonly multiSelect: readonly string[] | null;
  readonly friend: string | null;
  readonly peers: readonly string[];
}

export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export type ModelField = Exclude<keyof ModelRecord, 'id' | 'peers'>;

/** In the designer's order, which is not that of their keys. */
export const choiceNames = ['LATER', 'BEFORE', 'NOW'];

/** The prefix of a text without case and accents, for letters that the tests use. */
export function keyOf(text: string): string {
  return [...folded([...text].slice(0, 400).join(''), false)].slice(0, 200).join('');
}

export function folded(text: string, accents: boolean): string {
  let value = text.normalize('NFKD');
  if (!accents) {
    value = value
      .replace(/[\u0300-\u036f]/g, '')
      .replace(/[øØ]/g, 'o')
      .replace(/[æÆ]/g, 'ae')
      .replace(/ß/g, 'ss');
  }
  const lower = [...value].map((character) => (character === 'ς' ? 'σ' : character.toLowerCase()));
  return lower.join('').normalize('NFKC');
}

function compareText(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

export function compareSorted(left: string, right: string, length = Number.POSITIVE_INFINITY): number {
  const cut = (text: string) => [...text].slice(0, length).join('');
  return compareText(keyOf(left), keyOf(right)) || compareText(cut(left), cut(right));
}

/** As orderings compare, both there. */
export function compareValues(field: ModelField | 'id', left: unknown, right: unknown): number {
  switch (field) {
    case 'text':
      return compareSorted(String(left), String(right), 1000);
    case 'decimal':
      return compareDecimals(String(left), String(right));
    case 'currency': {
      const [a, b] = [left, right] as Money[];
      return (
        compareDecimals(a?.amount ?? '', b?.amount ?? '') || compareText(a?.currency ?? '', b?.currency ?? '')
      );
    }
    case 'select':
      return choiceNames.indexOf(String(left)) - choiceNames.indexOf(String(right));
    case 'duration':
      return secondsOf(String(left)) - secondsOf(String(right));
    case 'datetime':
      return compareText(String(left).replace('Z', ''), String(right).replace('Z', ''));
    case 'integer':
    case 'number':
    case 'boolean':
      return Number(left) - Number(right);
    default:
      return compareText(String(left), String(right));
  }
}

const seconds: Readonly<Record<string, number>> = {
  Y: 31_104_000,
  M: 2_592_000,
  D: 86_400,
  TH: 3600,
  TM: 60,
  TS: 1,
};

/** Durations compare as in Postgres: a month has 30 days, a day 24 hours. */
function secondsOf(duration: string): number {
  const [, days = '', times = ''] = /^P([^T]*)T?(.*)$/.exec(duration) ?? [];
  const sum = (parts: string, prefix: string) =>
    [...parts.matchAll(/([\d.]+)([A-Z])/g)].reduce(
      (total, [, amount, unit]) => total + Number(amount) * (seconds[`${prefix}${unit}`] ?? Number.NaN),
      0,
    );
  return sum(days, '') + sum(times, 'T');
}

export class Model {
  readonly #byId: ReadonlyMap<string, ModelRecord>;
  readonly records: readonly ModelRecord[];

  constructor(records: readonly ModelRecord[]) {
    this.records = records;
    this.#byId = new Map(records.map((record) => [record.id, record]));
  }

  list(where: Values | undefined, orderBy: readonly Values[]): string[] {
    return this.#select(this.records, where, orderBy);
  }

  /** The same of the records behind a link to many, or a way back. */
  linked(id: string, field: string, where: Values | undefined, orderBy: readonly Values[]): string[] {
    return this.#select(this.#linkedWith(this.get(id), field), where, orderBy);
  }

  #select(records: readonly ModelRecord[], where: Values | undefined, orderBy: readonly Values[]): string[] {
    return records
      .filter((record) => where === undefined || this.matches(record, where))
      .sort((a, b) => this.#compare(a, b, orderBy))
      .map(({ id }) => id);
  }

  #linkedWith(record: ModelRecord, field: string): readonly ModelRecord[] {
    switch (field) {
      case 'friendOf':
        return this.records.filter(({ friend }) => friend === record.id);
      case 'peers':
        return record.peers.map((id) => this.get(id));
      default:
        return this.records.filter(({ peers }) => peers.includes(record.id));
    }
  }

  matches(record: ModelRecord, filter: Values): boolean {
    return Object.entries(filter).every(([name, operand]) => this.#holds(record, name, operand));
  }

  #holds(record: ModelRecord, name: string, operand: unknown): boolean {
    const filter = operand as Values;
    const filters = operand as readonly Values[];
    switch (name) {
      case 'and':
        return filters.every((each) => this.matches(record, each));
      case 'or':
        return filters.some((each) => this.matches(record, each));
      case 'not':
        return !this.matches(record, filter);
      case 'isNull':
        return operand === false;
      case 'friend':
        return this.#linkHolds(record, filter);
      case 'friendOf':
      case 'peers':
      case 'peerOf':
        return this.#listHolds(this.#linkedWith(record, name), filter);
      default:
        return Object.entries(filter).every(([operator, value]) =>
          holds(name as ModelField, record[name as ModelField], operator, value),
        );
    }
  }

  #linkHolds({ friend }: ModelRecord, filter: Values): boolean {
    return friend === null ? holdsOfNothing(filter) === 1 : this.matches(this.get(friend), filter);
  }

  #listHolds(all: readonly ModelRecord[], { where, ...filter }: Values): boolean {
    const linked = where === undefined ? all : all.filter((record) => this.matches(record, where as Values));
    return Object.entries(filter).every(([name, operand]) => {
      switch (name) {
        case 'some':
          return linked.some((record) => this.matches(record, operand as Values));
        case 'every':
          return linked.every((record) => this.matches(record, operand as Values));
        case 'none':
          return !linked.some((record) => this.matches(record, operand as Values));
        case 'isNull':
          return (linked.length === 0) === operand;
        case 'count':
          return holdsAll('integer', linked.length, operand as Values);
        case 'countDistinct': {
          const { of, count } = operand as { of: Values; count: Values };
          return holdsAll('integer', countDistinct(linked, of), count);
        }
        default:
          return extremeHolds(linked, name, operand as Values);
      }
    });
  }

  #compare(a: ModelRecord, b: ModelRecord, orderBy: readonly Values[]): number {
    let descending = false;
    for (const step of orderBy) {
      const [left, right] = [this.#sortValue(a, step), this.#sortValue(b, step)];
      const { field, direction } = left;
      descending = direction.startsWith('DESC');
      const nullsFirst = direction.endsWith('FIRST') || direction === 'DESC';
      if ((left.value === null) !== (right.value === null))
        return (left.value === null) === nullsFirst ? -1 : 1;
      const order = left.value === null ? 0 : compareValues(field, left.value, right.value);
      if (order !== 0) return descending ? -order : order;
    }
    return compareText(a.id, b.id) * (descending ? -1 : 1);
  }

  #sortValue(
    record: ModelRecord | null,
    step: Values,
  ): { field: ModelField; value: unknown; direction: string } {
    const [[name, inner] = ['', '']] = Object.entries(step);
    if (name === 'friend') {
      const friend = record?.friend;
      return this.#sortValue(friend ? this.get(friend) : null, inner as Values);
    }
    if (typeof inner === 'object') {
      const [[how, by] = ['', '']] = Object.entries(inner as Values);
      const [[field, direction]] = (typeof by === 'string' ? [['', by]] : Object.entries(by as Values)) as [
        [string, string],
      ];
      const linked = record && this.#linkedWith(record, name);
      return { ...together(linked ?? [], how, field as ModelField, linked === null), direction };
    }
    return {
      field: name as ModelField,
      value: record?.[name as ModelField] ?? null,
      direction: String(inner),
    };
  }

  get(id: string): ModelRecord {
    const record = this.#byId.get(id);
    if (record === undefined) throw new Error(`The model has no record ${id}`);
    return record;
  }
}

function holds(field: ModelField, value: unknown, operator: string, operand: unknown): boolean {
  if (operator === 'isNull') return (value === null) === operand;
  if (operator === 'ne') return !holds(field, value, 'eq', operand);
  if (operator === 'notIn') return !holds(field, value, 'in', operand);
  if (operator === 'amount') {
    return holdsAll('decimal', (value as Money | null)?.amount ?? null, operand as Values);
  }
  if (operator === 'currency') {
    return holdsAll('text', (value as Money | null)?.currency ?? null, operand as Values);
  }
  if (value === null) return false;
  if (field === 'multiSelect') return holdsList(value as string[], operator, operand);
  if (operator.endsWith('Insensitive')) {
    const fold = (text: unknown): unknown =>
      Array.isArray(text) ? text.map(fold) : folded(String(text), true);
    return holds(field, fold(value), operator.replace('Insensitive', ''), fold(operand));
  }
  const compare = (): number =>
    field === 'text' ? compareSorted(String(value), String(operand)) : compareValues(field, value, operand);
  switch (operator) {
    case 'eq':
      return field === 'text' ? value === operand : compare() === 0;
    case 'in':
      return (operand as unknown[]).some((item) => holds(field, value, 'eq', item));
    case 'lt':
      return compare() < 0;
    case 'lte':
      return compare() <= 0;
    case 'gt':
      return compare() > 0;
    case 'gte':
      return compare() >= 0;
    case 'contains':
      return String(value).includes(String(operand));
    case 'startsWith':
      return String(value).startsWith(String(operand));
    case 'endsWith':
      return String(value).endsWith(String(operand));
    default:
      throw new Error(`The model has no operator "${operator}"`);
  }
}

/** Of a link that leads nowhere: whether the filter holds; half where nothing can be said. */
function holdsOfNothing(filter: Values): number {
  const answers = Object.entries(filter).map(([name, operand]) => {
    const inner = (Array.isArray(operand) ? operand : [operand]) as Values[];
    switch (name) {
      case 'isNull':
        return Number(operand);
      case 'and':
        return Math.min(...inner.map(holdsOfNothing));
      case 'or':
        return Math.max(...inner.map(holdsOfNothing));
      case 'not':
        return 1 - holdsOfNothing(operand as Values);
      default:
        return 0.5;
    }
  });
  return Math.min(...answers);
}

/** A condition on least or greatest values, sums or averages. */
function extremeHolds(linked: readonly ModelRecord[], how: string, filter: Values): boolean {
  return Object.entries(filter).every(([name, operand]) => {
    switch (name) {
      case 'not':
        return !extremeHolds(linked, how, operand as Values);
      case 'or':
        return (operand as Values[]).some((each) => extremeHolds(linked, how, each));
      case 'isNull':
        return (linked.length === 0) === operand;
      default: {
        const { field, value } = together(linked, how, name as ModelField);
        return holdsAll(field, value, operand as Values);
      }
    }
  });
}

function holdsAll(field: ModelField, value: unknown, filter: Values): boolean {
  return Object.entries(filter).every(([operator, operand]) => holds(field, value, operator, operand));
}

function holdsList(value: readonly string[], operator: string, operand: unknown): boolean {
  const items = operand as readonly string[];
  switch (operator) {
    case 'has':
      return value.includes(String(operand));
    case 'hasAny':
      return items.some((item) => value.includes(item));
    default:
      return items.every((item) => value.includes(item));
  }
}
