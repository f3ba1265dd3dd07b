import type { FieldInfo, Kind, Model, NaiveRecord } from './model.ts';
import { relativeTest } from './naive-calendar.ts';
import { bad, entriesOf, given, listOf, Refusal } from './naive-errors.ts';
import { jsonAt, jsonContains, jsonEquals } from './naive-json.ts';
import { togetherTest } from './naive-together.ts';
import { compareFully, fold, type Money, operandOf } from './naive-values.ts';

/** Whether a record, or a value, matches. Everything is checked before anything is compared. */
export type Test<T> = (subject: T) => boolean;

const limits = { conditions: 500, depth: 20 };

/** The filters of one list: how many conditions they have together. */
export class NaiveFilters {
  readonly #model: Model;
  #conditions = 0;

  constructor(model: Model) {
    this.#model = model;
  }

  records(typeName: string, filter: unknown, path: string, depth = 0): Test<NaiveRecord> {
    this.count(depth);
    const tests = entriesOf(filter, path).map(([name, operand]) =>
      this.#member(typeName, name, operand, `${path}.${name}`, depth),
    );
    return (record) => tests.every((test) => test(record));
  }

  #member(typeName: string, name: string, operand: unknown, path: string, depth: number): Test<NaiveRecord> {
    const inner = (filter: unknown) => this.records(typeName, filter, path, depth + 1);
    if (name === 'and' || name === 'or') {
      const tests = listOf(operand, path).map(inner);
      if (tests.length === 0) throw bad(path, 'is an empty list');
      return name === 'and'
        ? (record) => tests.every((test) => test(record))
        : (record) => tests.some((test) => test(record));
    }
    if (name === 'not') {
      const test = inner(operand);
      return (record) => !test(record);
    }
    if (name === 'isNull') {
      given(operand, path);
      // Whether there is no record: and here there is one.
      return () => operand === false;
    }
    const field = this.#model.field(typeName, name);
    if (field?.target) return this.#link(field, operand, path, depth);
    if (field !== null) {
      const test = this.values(field, operand, path, depth);
      return (record) => test(this.#model.value(record, name));
    }
    return this.#many(typeName, name, operand, path, depth);
  }

  /** Of a record that is not there, nothing is known but that it is not there. */
  #link({ name, target }: FieldInfo, filter: unknown, path: string, depth: number): Test<NaiveRecord> {
    const test = this.records(target ?? '', filter, path, depth);
    return (record) => {
      const linked = this.#model.get(record.values[name]);
      return linked === null ? holdsOfNothing(filter) === true : test(linked);
    };
  }

  #many(typeName: string, name: string, filter: unknown, path: string, depth: number): Test<NaiveRecord> {
    const many = this.#model.many(typeName, name);
    if (many === null) throw new Error(`The model has no field "${typeName}.${name}"`);
    const { where, ...questions } = Object.fromEntries(entriesOf(filter, path));
    if (Object.keys(questions).length === 0) throw bad(path, 'asks nothing');
    const isMeant =
      where === undefined ? () => true : this.records(many.target, where, `${path}.where`, depth + 1);
    const tests = Object.entries(questions).map(([question, operand]) =>
      this.#question(many.target, question, operand, `${path}.${question}`, depth),
    );
    return (record) => {
      const meant = many.of(record).filter(isMeant);
      return tests.every((test) => test(meant));
    };
  }

  #question(
    typeName: string,
    question: string,
    operand: unknown,
    path: string,
    depth: number,
  ): Test<readonly NaiveRecord[]> {
    const inner = () => this.records(typeName, operand, path, depth);
    switch (question) {
      case 'some': {
        const test = inner();
        return (linked) => linked.some(test);
      }
      case 'every': {
        const test = inner();
        return (linked) => linked.every(test);
      }
      case 'none': {
        const test = inner();
        return (linked) => !linked.some(test);
      }
      case 'isNull':
        given(operand, path);
        return (linked) => (linked.length === 0) === operand;
      default:
        return togetherTest(this, this.#model, typeName, { [question]: operand }, depth);
    }
  }

  /** All operators of a filter of values. */
  values(
    field: Pick<FieldInfo, 'kind' | 'choices'>,
    filter: unknown,
    path: string,
    depth: number,
  ): Test<unknown> {
    const tests = entriesOf(filter, path).map(([operator, operand]) => {
      this.count(depth);
      return this.#operator(field, operator, operand, `${path}.${operator}`, depth);
    });
    return (value) => tests.every((test) => test(value));
  }

  #operator(
    field: Pick<FieldInfo, 'kind' | 'choices'>,
    operator: string,
    operand: unknown,
    path: string,
    depth: number,
  ): Test<unknown> {
    const { kind } = field;
    if (operator === 'isNull') {
      given(operand, path);
      return (value) => (value === null) === operand;
    }
    if (operator === 'ne' || operator === 'notIn') {
      const test = this.#operator(field, operator === 'ne' ? 'eq' : 'in', operand, path, depth);
      return (value) => !test(value);
    }
    if (operator === 'during' || operator === 'last' || operator === 'next') {
      return present(relativeTest(kind, operator, operand, path) as Test<unknown>);
    }
    if (kind === 'money' && operator === 'amount') {
      const test = this.values({ kind: 'decimal', choices: [] }, operand, path, depth);
      return (value) => test((value as Money | null)?.amount ?? null);
    }
    if (kind === 'money' && operator === 'currency') {
      const test = this.values({ kind: 'text', choices: [] }, operand, path, depth);
      return (value) => test((value as Money | null)?.currency ?? null);
    }
    if (kind === 'json' && operator === 'at') return this.#place(operand, path, depth);
    if (operator === 'in' || operator.startsWith('has') || operator === 'inInsensitive') {
      const items = operator === 'has' ? [operand] : listOf(operand, path);
      const operands = items.map((item) => operandOf(kind, given(item, path), path));
      return present(listTest(field, operator, operands));
    }
    const wanted = operandOf(kind, given(operand, path), path);
    return present((value) => compare(field, operator, value, wanted));
  }

  #place(operand: unknown, path: string, depth: number): Test<unknown> {
    const { path: steps, ...filters } = given(operand, path) as Record<string, unknown>;
    const types: Readonly<Record<string, readonly [string, Kind]>> = {
      text: ['string', 'text'],
      number: ['number', 'decimal'],
      boolean: ['boolean', 'boolean'],
    };
    const tests = Object.entries(filters).map(([name, filter]): Test<unknown> => {
      if (name === 'exists') {
        given(filter, path);
        return (at) => (at !== undefined) === filter;
      }
      const [type, kind] = types[name] ?? ['', 'text'];
      const test = this.values({ kind, choices: [] }, filter, `${path}.${name}`, depth);
      return (at) => test(typeof at === type ? at : null);
    });
    if (tests.length === 0) throw bad(path, 'compares with nothing');
    return (value) => {
      const at = value === null ? undefined : jsonAt(value, steps as readonly string[]);
      return tests.every((test) => test(at));
    };
  }

  count(depth: number): void {
    this.#conditions += 1;
    if (this.#conditions > limits.conditions || depth > limits.depth) {
      throw new Refusal('LIMIT_EXCEEDED', 'The filter is too large');
    }
  }
}

/** True, false, or null where nothing can be said, as in a table of truth with three values. */
function holdsOfNothing(filter: unknown): boolean | null {
  const answers = Object.entries(filter as object).map(([name, operand]) => {
    if (name === 'isNull') return operand === true;
    if (name === 'not') return opposite(holdsOfNothing(operand));
    if (name === 'and') return all((operand as unknown[]).map(holdsOfNothing));
    if (name !== 'or') return null;
    return opposite(all((operand as unknown[]).map((each) => opposite(holdsOfNothing(each)))));
  });
  return all(answers);
}

function opposite(answer: boolean | null): boolean | null {
  return answer === null ? null : !answer;
}

function all(answers: readonly (boolean | null)[]): boolean | null {
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

function present(test: Test<unknown>): Test<unknown> {
  return (value) => value !== null && test(value);
}

function listTest(
  field: Pick<FieldInfo, 'kind' | 'choices'>,
  operator: string,
  operands: readonly unknown[],
): Test<unknown> {
  switch (operator) {
    case 'in':
      return (value) => operands.some((operand) => compare(field, 'eq', value, operand));
    case 'inInsensitive':
      return (value) => operands.some((operand) => compare(field, 'eqInsensitive', value, operand));
    case 'hasAll':
      return (value) => operands.every((operand) => (value as unknown[]).includes(operand));
    default:
      return (value) => operands.some((operand) => (value as unknown[]).includes(operand));
  }
}

function compare(
  field: Pick<FieldInfo, 'kind' | 'choices'>,
  operator: string,
  value: unknown,
  operand: unknown,
): boolean {
  if (field.kind === 'json') {
    return operator === 'contains' ? jsonContains(value, operand) : jsonEquals(value, operand);
  }
  if (operator.endsWith('Insensitive')) {
    const plain = operator.replace('Insensitive', '');
    return compare(field, plain, fold(String(value), true), fold(String(operand), true));
  }
  const order = compareFully(field, value, operand);
  switch (operator) {
    case 'eq':
      return field.kind === 'text' ? value === operand : order === 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
    case 'contains':
      return String(value).includes(String(operand));
    case 'startsWith':
      return String(value).startsWith(String(operand));
    case 'endsWith':
      return String(value).endsWith(String(operand));
    default:
      throw new Error(`The naive filter has no operator "${operator}"`);
  }
}
