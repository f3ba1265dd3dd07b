import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Random } from '../differential/random.ts';

/** Where values come from: what others have, and what does not exist. */
export interface Loot {
  id(): string;
  text(): string;
  cursor(): string;
}

/** What is no two times the same, or is not counted but guessed. */
const leftOut = /^(createdAt|updatedAt|createdBy|updatedBy|entitySchema)$/;

/** A document that the schema allows, or nearly so, with values of others in all places. */
export function randomDocument(schema: GraphQLSchema, random: Random, loot: Loot): string {
  const query = schema.getQueryType();
  if (!query) throw new Error('There is no query type');
  return new Writer(schema, random, loot).selection(query, 0);
}

class Writer {
  readonly #schema: GraphQLSchema;
  readonly #random: Random;
  readonly #loot: Loot;
  #fields = 12;

  constructor(schema: GraphQLSchema, random: Random, loot: Loot) {
    this.#schema = schema;
    this.#random = random;
    this.#loot = loot;
  }

  selection(type: GraphQLNamedType, depth: number): string {
    if (isInterfaceType(type)) {
      const [one] = this.#random.some(this.#schema.getPossibleTypes(type), 1);
      return one ? `{ __typename ... on ${one.name} ${this.selection(one, depth + 1)} }` : '{ __typename }';
    }
    const fields = Object.values((type as GraphQLObjectType).getFields()).filter(({ name, type: of }) => {
      const named = getNamedType(of);
      return !leftOut.test(name) && (depth < 5 || !(isObjectType(named) || isInterfaceType(named)));
    });
    const chosen =
      depth === 0
        ? [this.#random.pick(fields)]
        : [this.#random.pick(fields), ...this.#random.some(fields, 3)];
    const written = [...new Set(chosen)].map((field) => {
      this.#fields -= 1;
      const named = getNamedType(field.type);
      const isNested = isObjectType(named) || isInterfaceType(named);
      if (isNested && this.#fields < 0 && depth > 0) return '__typename';
      return `${field.name}${this.#arguments(field.args)}${isNested ? ` ${this.selection(named, depth + 1)}` : ''}`;
    });
    return `{ ${written.join(' ')} }`;
  }

  #arguments(args: readonly GraphQLArgument[]): string {
    const given = args.filter((one) =>
      isNonNullType(one.type) && one.defaultValue === undefined ? true : this.#random.chance(0.35),
    );
    if (given.length === 0) return '';
    return `(${given.map((one) => `${one.name}: ${this.#argument(one)}`).join(', ')})`;
  }

  #argument({ name, type }: GraphQLArgument): string {
    if (name === 'after' || name === 'before') return JSON.stringify(this.#loot.cursor());
    if (name === 'first' || name === 'last') return String(1 + this.#random.below(4));
    return this.value(type, 0);
  }

  value(type: GraphQLInputType, depth: number): string {
    if (isNonNullType(type)) return this.value(type.ofType, depth);
    if (isListType(type)) {
      return `[${Array.from({ length: 1 + this.#random.below(2) }, () => this.value(type.ofType, depth)).join(', ')}]`;
    }
    if (isEnumType(type)) return this.#random.pick(type.getValues()).name;
    if (isInputObjectType(type)) return this.#object(type, depth);
    switch (String(type)) {
      case 'ID':
        return JSON.stringify(this.#loot.id());
      case 'Int':
      case 'Float':
      case 'Decimal':
        return String(this.#random.below(20) - 2);
      case 'Boolean':
        return String(this.#random.chance(0.5));
      default:
        return JSON.stringify(this.#loot.text());
    }
  }

  #object(type: Extract<GraphQLNamedType, { getFields(): object }>, depth: number): string {
    if (!isInputObjectType(type)) return '{}';
    const fields = Object.values(type.getFields()).filter(({ name }) => !leftOut.test(name));
    const simple = fields.filter((field) => !isInputObjectType(getNamedType(field.type)));
    const pool = depth > 3 && simple.length > 0 ? simple : fields;
    const one = this.#random.pick(pool);
    const needed = fields.filter((field) => isNonNullType(field.type) && field.defaultValue === undefined);
    const chosen = type.isOneOf || needed.length === 0 ? [one] : [...new Set([...needed, one])];
    if (depth > 6) return '{}';
    return `{ ${chosen.map((field) => `${field.name}: ${this.value(field.type, depth + 1)}`).join(', ')} }`;
  }
}
