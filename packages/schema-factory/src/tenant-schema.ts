import type { Registry } from '@formwork/registry';
import {
  type GraphQLAbstractType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  GraphQLSchema,
  isInterfaceType,
} from 'graphql';
import { assertLinked } from './links.ts';
import { buildMutation } from './mutation-type.ts';
import { buildQuery } from './query-type.ts';
import { createSchemaTypes, type SchemaTypes } from './schema-types.ts';
import { TypeSearch } from './type-search.ts';

/** What every schema has, whatever it is about. */
const common = new GraphQLSchema({ assumeValid: true });

/**
 * A schema whose types are made when somebody asks for them. A document names a few of the hundreds that a design has,
 * so the first answer waits for those alone, and those alone take memory. Whoever asks for all of them (introspection,
 * SDL) gets all: then they are what graphql-js makes of the same roots.
 */
export class TenantSchema extends GraphQLSchema {
  readonly #types: SchemaTypes;
  readonly #search: TypeSearch;
  readonly #query: GraphQLObjectType;
  /** Null until it was asked for. */
  #mutation: { readonly type: GraphQLObjectType | undefined } | null = null;
  #whole: GraphQLSchema | undefined;

  constructor(registry: Registry) {
    super({ assumeValid: true });
    assertLinked(registry);
    this.#types = createSchemaTypes(registry);
    this.#query = buildQuery(this.#types);
    this.#search = new TypeSearch({
      query: this.#query,
      mutation: () => this.getMutationType(),
      subjects: registry.entities.map(({ names }) => names.type),
      leadingTo: (subject) => leadingTo(registry, subject),
    });
  }

  override getQueryType(): GraphQLObjectType {
    return this.#query;
  }

  override getMutationType(): GraphQLObjectType | undefined {
    this.#mutation ??= { type: buildMutation(this.#types) };
    return this.#mutation.type;
  }

  override getType(name: string): GraphQLNamedType | undefined {
    return common.getType(name) ?? this.#search.find(name);
  }

  override isSubType(
    abstract: GraphQLAbstractType,
    maybe: GraphQLObjectType | GraphQLInterfaceType,
  ): boolean {
    return isInterfaceType(abstract) ? maybe.getInterfaces().includes(abstract) : false;
  }

  override getTypeMap(): ReturnType<GraphQLSchema['getTypeMap']> {
    return this.#all().getTypeMap();
  }

  override getImplementations(type: GraphQLInterfaceType): ReturnType<GraphQLSchema['getImplementations']> {
    return this.#all().getImplementations(type);
  }

  /** Makes all types, some at each step, so that asking for all of them is no long wait afterwards. */
  *makeAll(): Generator<void> {
    yield* this.#search.readAll();
    this.#all();
  }

  /** Types made so far, apart from those that all schemas share. */
  get made(): readonly GraphQLNamedType[] {
    const mutation = this.#mutation?.type;
    return [this.#query, ...(mutation ? [mutation] : []), ...this.#types.made];
  }

  #all(): GraphQLSchema {
    this.#whole ??= new GraphQLSchema({
      query: this.#query,
      mutation: this.getMutationType(),
      assumeValid: true,
    });
    return this.#whole;
  }
}

/** Names of the entities that have a link to the one of that name. */
function leadingTo({ entities }: Registry, name: string): readonly string[] {
  const keys = new Set(entities.filter(({ names }) => names.type === name).map(({ key }) => key));
  return entities
    .filter(({ fields }) => fields.some(({ options }) => keys.has(options.target ?? '')))
    .map(({ names }) => names.type);
}
