import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
} from 'graphql';
import type { Coverage } from './coverage.ts';
import type { Model } from './model.ts';
import type { Random } from './random.ts';
import type { Sabotage, SabotagePlace } from './sabotages.ts';

/** An enum's value, which is written without quotes. */
export class Choice {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A cursor that a document needs: that of a record in an ordering. */
export interface WantedCursor {
  readonly text: string;
  readonly typeName: string;
  readonly orderBy: unknown;
  readonly id: string;
}

/** A document while it is made: what all parts of it share. */
export class Draft {
  readonly model: Model;
  readonly schema: GraphQLSchema;
  readonly random: Random;
  readonly coverage: Coverage;
  /** For {@link Coverage}, once it was answered. */
  readonly uses: string[] = [];
  readonly declarations: string[] = [];
  readonly variables: Record<string, unknown> = {};
  readonly fragments: string[] = [];
  readonly cursors: WantedCursor[] = [];
  /** What is to be wrong with it, until it is. */
  sabotage: Sabotage | null;
  /** Records that may still be asked for. */
  budget = 250;
  readonly #used = new Map<string, number>();
  #names = 0;

  constructor(
    model: Model,
    schema: GraphQLSchema,
    random: Random,
    coverage: Coverage,
    sabotage: Sabotage | null,
  ) {
    this.model = model;
    this.schema = schema;
    this.random = random;
    this.coverage = coverage;
    this.sabotage = sabotage;
  }

  use(key: string): void {
    this.uses.push(key);
    this.#used.set(key, (this.#used.get(key) ?? 0) + 1);
  }

  choose(names: readonly string[], keyOf: (name: string) => string): string {
    // What this document has used already counts too, or it would use the same all over.
    const countOne = (key: string) => this.coverage.count(key) + (this.#used.get(key) ?? 0);
    const countOf = (key: string) => Math.min(...(this.coverage.behind.get(key) ?? [key]).map(countOne));
    const name = this.coverage.choose(this.random, names, keyOf, countOf);
    this.use(keyOf(name));
    return name;
  }

  name(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }

  /** The sabotage, once, where it fits. */
  take(place: SabotagePlace): Sabotage | null {
    const { sabotage } = this;
    if (sabotage?.place !== place || !this.random.chance(0.7)) return null;
    this.sabotage = null;
    return sabotage;
  }

  /** A value as it stands in the document, some of it in variables. */
  print(value: unknown, type: GraphQLInputType, mayLift = true): string {
    if (mayLift && this.random.chance(0.06)) return this.#lift(value, type);
    if (value === null) return 'null';
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      if (!Array.isArray(value)) return this.print(value, nullable.ofType, mayLift);
      return `[${value.map((item) => this.print(item, nullable.ofType, mayLift)).join(', ')}]`;
    }
    if (isInputObjectType(nullable)) {
      const fields = nullable.getFields();
      const printed = Object.entries(value as object).map(([name, item]) => {
        const field = fields[name];
        return `${name}: ${field ? this.print(item, field.type, mayLift) : 'null'}`;
      });
      return `{ ${printed.join(', ')} }`;
    }
    if (isEnumType(nullable)) return (value as Choice).name;
    return printLeaf(value);
  }

  #lift(value: unknown, type: GraphQLInputType): string {
    const name = this.name('v');
    const hasDefault = this.random.chance(0.4);
    const isGiven = !hasDefault || this.random.chance(0.5);
    this.use('a variable');
    if (hasDefault) this.use(isGiven ? 'a variable over a default' : 'a default');
    // Not null: then it fits everywhere, one-of inputs included. A null is of a type that may be null.
    const typeText = value === null ? String(getNullableType(type)) : `${getNullableType(type)}!`;
    const defaultText = hasDefault ? ` = ${this.print(value, type, false)}` : '';
    this.declarations.push(`$${name}: ${typeText}${defaultText}`);
    if (isGiven) this.variables[name] = plain(value);
    return `$${name}`;
  }

  /** A variable of the type that is declared and not given. */
  unset(type: GraphQLInputType): string {
    const name = this.name('u');
    this.use('a variable that is not given');
    this.declarations.push(`$${name}: ${getNullableType(type)}`);
    return `$${name}`;
  }

  /** A condition of a directive, as it is or as a variable. */
  condition(value: boolean): string {
    if (this.random.chance(0.5)) return String(value);
    const name = this.name('b');
    this.declarations.push(`$${name}: Boolean!`);
    this.variables[name] = value;
    return `$${name}`;
  }
}

function printLeaf(value: unknown): string {
  if (value instanceof Choice) return value.name;
  if (Array.isArray(value)) return `[${value.map(printLeaf).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, item]) => `${name}: ${printLeaf(item)}`)
      .join(', ')} }`;
  }
  return JSON.stringify(value);
}

/** A value as JSON. */
export function plain(value: unknown): unknown {
  if (value instanceof Choice) return value.name;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}
