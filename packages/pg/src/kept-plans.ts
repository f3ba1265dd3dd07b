import { literal } from './sql-text.ts';
import type { Statement } from './statement.ts';

/** Times that a tenant sends a statement, values and all, before a plan is kept for it. */
const repetitions = 5;
/** Longer texts and values are not worth remembering. */
const longestText = 20_000;
const longestValues = 1_000;
/** Texts whose parameters are known. */
const mostShapes = 1_000;

/** A statement that a tenant sends again and again. */
interface Repeated {
  times: number;
  planned: Statement | undefined;
}

/**
 * Plans worth keeping. For a large tenant the best plan depends on it and on most values, so a statement is planned each
 * time, which costs 0.2 ms for each view in it: for a list with its count four fifths of all that Postgres does. A statement
 * that a tenant repeats with the same values has the same best plan each time; so for the few that are repeated the most, one is
 * prepared that belongs to this tenant, with its values written out. Values that the planner makes nothing of
 * (`sql.unseen`) stay parameters. Whose rows are read is decided when it runs, by the policies, as ever.
 */
export class KeptPlans {
  readonly #most: number;
  /** In the order of last use. */
  readonly #repeated = new Map<string, Repeated>();
  readonly #shapes = new Map<string, Shape>();
  #sequence = 0;

  /** `most`: how many statements to remember; a connection should keep prepared twice as many at least. */
  constructor(most: number) {
    this.#most = most;
  }

  /** What to send in their place, each planned once for this tenant; null unless that can be said of all of them. */
  find(tenantId: string, statements: readonly Statement[]): readonly Statement[] | null {
    const found = statements.map((statement) =>
      statement.reusesPlan ? statement : this.#find(tenantId, statement),
    );
    const isEach = found.every((statement) => statement !== undefined);
    return isEach && found.some(({ reusesPlan }) => !reusesPlan) ? found : null;
  }

  /** After an error: these begin anew. */
  forget(tenantId: string, statements: readonly Statement[]): void {
    for (const statement of statements) this.#repeated.delete(this.#keyOf(tenantId, statement) ?? '');
  }

  #find(tenantId: string, statement: Statement): Statement | undefined {
    const key = this.#keyOf(tenantId, statement);
    if (key === null) return undefined;
    const repeated = this.#repeated.get(key) ?? { times: 0, planned: undefined };
    this.#repeated.delete(key);
    this.#repeated.set(key, repeated);
    dropOldest(this.#repeated, this.#most);
    repeated.times += 1;
    if (repeated.times <= repetitions) return undefined;
    const shape = this.#shapeOf(statement.text);
    repeated.planned ??= { text: this.#write(shape, statement), values: [] };
    return {
      text: repeated.planned.text,
      values: shape.unseen.map((index) => statement.values[index] ?? null),
    };
  }

  /** The tenant, the text and the values that a plan depends on. */
  #keyOf(tenantId: string, { text, values }: Statement): string | null {
    if (text.length > longestText) return null;
    const shape = this.#shapeOf(text);
    const seen = JSON.stringify(shape.seen.map((index) => values[index] ?? null));
    return seen.length > longestValues ? null : `${tenantId} ${shape.number} ${seen}`;
  }

  #shapeOf(text: string): Shape {
    const known = this.#shapes.get(text);
    if (known !== undefined) return known;
    this.#sequence += 1;
    const shape = readShape(text, this.#sequence);
    this.#shapes.set(text, shape);
    dropOldest(this.#shapes, mostShapes);
    return shape;
  }

  /** The remark makes it a statement of its own for each tenant. */
  #write({ pieces, unseen }: Shape, { values }: Statement): string {
    this.#sequence += 1;
    const texts = pieces.map((piece) => {
      if (typeof piece === 'string') return piece;
      const place = unseen.indexOf(piece);
      if (place >= 0) return `$${place + 1}`;
      const value = values[piece] ?? null;
      return value === null ? 'null' : literal(value);
    });
    return `${texts.join('')} /* plan ${this.#sequence} */`;
  }
}

/** A text and its parameters, by index from 0. */
interface Shape {
  readonly number: number;
  readonly pieces: readonly (string | number)[];
  readonly seen: readonly number[];
  readonly unseen: readonly number[];
}

/** Literals, identifiers, and parameters with the mark of `sql.unseen`. */
const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)(\/\*any\*\/)?/g;

function readShape(text: string, number: number): Shape {
  const pieces: (string | number)[] = [];
  const seen = new Set<number>();
  const all = new Set<number>();
  let end = 0;
  for (const { 0: token, 1: parameter, 2: mark, index } of text.matchAll(tokens)) {
    if (parameter === undefined) continue;
    const place = Number(parameter) - 1;
    all.add(place);
    if (mark === undefined) seen.add(place);
    pieces.push(text.slice(end, index), place);
    end = index + token.length;
  }
  pieces.push(text.slice(end));
  return { number, pieces, seen: [...seen], unseen: [...all].filter((place) => !seen.has(place)) };
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  if (map.size <= most) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
