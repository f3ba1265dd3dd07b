import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import type { Random } from './random.ts';

/** What has occurred in documents that were answered, and how often. */
export class Coverage {
  readonly #counts = new Map<string, number>();
  /** See {@link behindInputs}. */
  readonly behind: ReadonlyMap<string, readonly string[]>;

  constructor(behind: ReadonlyMap<string, readonly string[]>) {
    this.behind = behind;
  }

  add(keys: Iterable<string>): void {
    for (const key of keys) this.#counts.set(key, this.count(key) + 1);
  }

  count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  missing(keys: Iterable<string>): string[] {
    return [...keys].filter((key) => this.count(key) === 0);
  }

  /** Any of the names, and rather one that has hardly occurred. */
  choose(
    random: Random,
    names: readonly string[],
    keyOf: (name: string) => string,
    countOf = (key: string) => this.count(key),
  ): string {
    if (random.chance(0.4)) return random.pick(names);
    const counts = names.map((name) => countOf(keyOf(name)));
    const least = Math.min(...counts);
    return random.pick(names.filter((_, index) => counts[index] === least));
  }
}

/**
 * What random documents leave out: what is no read of records, and sums of wild numbers, which are too large or depend
 * on the order of adding.
 */
export function isLeftOut(typeName: string, fieldName: string): boolean {
  if (typeName === 'Query') return fieldName === 'entitySchema';
  return typeName.endsWith('AggregateNumbers') && fieldName === 'wild';
}

/** Fields, arguments, input fields and enum values that a query can use. */
export function everythingAskable(schema: GraphQLSchema): Set<string> {
  const keys = new Set<string>();
  const seen = new Set<GraphQLNamedType>();
  const visit = (type: GraphQLNamedType, isInput: boolean): void => {
    if (isEnumType(type) && isInput) {
      for (const { name } of type.getValues()) keys.add(`${type.name}.${name}`);
    }
    if (seen.has(type)) return;
    seen.add(type);
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        if (isLeftOut(type.name, field.name)) continue;
        keys.add(`${type.name}.${field.name}`);
        visit(getNamedType(field.type), true);
      }
    }
    if (isInterfaceType(type)) for (const one of schema.getPossibleTypes(type)) visit(one, false);
    if (!isObjectType(type) && !isInterfaceType(type)) return;
    for (const field of Object.values(type.getFields())) {
      if (isLeftOut(type.name, field.name)) continue;
      keys.add(`${type.name}.${field.name}`);
      visit(getNamedType(field.type), false);
      for (const argument of field.args) {
        keys.add(`${type.name}.${field.name}(${argument.name})`);
        visit(getNamedType(argument.type), true);
      }
    }
  };
  const query = schema.getQueryType();
  if (query) visit(query, false);
  return keys;
}

/**
 * By key of an input field, what can be said behind it without another field of a record: so that what is rare there
 * is found by whoever chooses. `entities`: names of the records' types.
 */
export function behindInputs(
  schema: GraphQLSchema,
  entities: readonly string[],
): Map<string, readonly string[]> {
  const ofRecords = /^(Connection)?Filter$|^(Order|GroupBy)$/;
  const isOfRecords = (name: string) =>
    entities.some((entity) => name.startsWith(entity) && ofRecords.test(name.slice(entity.length)));
  const keysOf = (type: GraphQLNamedType, above: readonly GraphQLNamedType[] = []): string[] => {
    if (isEnumType(type)) return type.getValues().map(({ name }) => `${type.name}.${name}`);
    if (!isInputObjectType(type) || isOfRecords(type.name) || above.includes(type)) return [];
    return Object.values(type.getFields()).flatMap((field) => [
      `${type.name}.${field.name}`,
      ...keysOf(getNamedType(field.type), [...above, type]),
    ]);
  };
  const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  return new Map(
    inputs.flatMap((type) =>
      Object.values(type.getFields()).map((field) => {
        const key = `${type.name}.${field.name}`;
        return [key, [key, ...keysOf(getNamedType(field.type))]] as const;
      }),
    ),
  );
}
