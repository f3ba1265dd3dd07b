import { didYouMean, type Registry, toEnd } from '@formwork/registry';
import {
  type GraphQLAbstractType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  GraphQLSchema,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { collectTypes } from './collect-types.ts';
import { assertLinked } from './links.ts';
import { MutationType } from './mutation-type.ts';
import { buildQuery } from './query-type.ts';
import { createSchemaTypes, type SchemaTypes } from './schema-types.ts';
import { TypesByName } from './types-by-name.ts';

/** What every schema has, whatever it is about. */
const common = new GraphQLSchema({ assumeValid: true });

/**
 * A schema whose types are made when somebody asks for them. A document names a few of the hundreds that a design has,
 * so the first answer waits for those alone, and those alone take memory. Whoever asks for all of them (introspection,
 * SDL) gets all: then they are what graphql-js makes of the same roots.
 */
export class TenantSchema extends GraphQLSchema {
  readonly #types: SchemaTypes;
  readonly #query: GraphQLObjectType;
  readonly #mutation: MutationType;
  readonly #named: TypesByName;
  /** Null until they were all made. */
  #all: Record<string, GraphQLNamedType> | null = null;

  constructor(registry: Registry) {
    super({ assumeValid: true });
    assertLinked(registry);
    this.#types = createSchemaTypes(registry);
    this.#query = buildQuery(this.#types);
    this.#mutation = new MutationType(this.#types);
    this.#named = new TypesByName(this.#types, this.#mutation);
  }

  override getQueryType(): GraphQLObjectType {
    return this.#query;
  }

  override getMutationType(): GraphQLObjectType | undefined {
    return this.#mutation.type;
  }

  override getType(name: string): GraphQLNamedType | undefined {
    if (name === this.#query.name) return this.#query;
    if (name === 'Mutation') return this.getMutationType();
    return common.getType(name) ?? this.#named.find(name);
  }

  /** What may have been meant by a name that no type has. */
  suggestType(name: string): string {
    const roots = this.getMutationType() ? ['Query', 'Mutation'] : ['Query'];
    const names = [...roots, ...Object.keys(common.getTypeMap()), ...this.#named.near(name)];
    return didYouMean(name, new Set(names));
  }

  override isSubType(
    abstract: GraphQLAbstractType,
    maybe: GraphQLObjectType | GraphQLInterfaceType,
  ): boolean {
    return isInterfaceType(abstract) ? maybe.getInterfaces().includes(abstract) : false;
  }

  override getTypeMap(): ReturnType<GraphQLSchema['getTypeMap']> {
    toEnd(this.makeAll());
    return this.#all ?? {};
  }

  /** Of all types where they were made. Else of those that can implement anything, and these are not looked into. */
  override getImplementations(type: GraphQLInterfaceType): ReturnType<GraphQLSchema['getImplementations']> {
    const { registry, object } = this.#types;
    const objects = () => [...new Set(registry.entities.map(object))];
    const all = this.#all
      ? Object.values(this.#all)
      : objects().flatMap((one) => [one, ...one.getInterfaces()]);
    const found = [...new Set(all)];
    return {
      objects: found.filter(isObjectType).filter((one) => one.getInterfaces().includes(type)),
      interfaces: found.filter(isInterfaceType).filter((one) => one.getInterfaces().includes(type)),
    };
  }

  /** What is to be done in steps before a mutation is looked at; null where it does not take long. */
  makeMutations(): Generator<void> | null {
    return this.#mutation.isLong ? this.#mutation.makeAll() : null;
  }

  /** Makes all types, some at each step, so that asking for all of them is no long wait afterwards. */
  *makeAll(): Generator<void> {
    if (this.#all !== null) return;
    yield* this.#mutation.makeAll();
    const mutation = this.getMutationType();
    const roots = [this.#query, ...(mutation ? [mutation] : [])];
    const types = yield* collectTypes(roots, this.getDirectives());
    this.#all ??= Object.assign(
      Object.create(null),
      Object.fromEntries(types.map((type) => [type.name, type])),
    );
  }

  /** Types made so far, apart from those that all schemas share. */
  get made(): readonly GraphQLNamedType[] {
    return [this.#query, ...this.#mutation.made, ...this.#types.made];
  }
}
