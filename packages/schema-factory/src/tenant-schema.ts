import { didYouMean, findNearest, type Registry } from '@formwork/registry';
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

import { mayBeType, namesNear } from './type-names.ts';
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
    const found = common.getType(name);
    if (found !== undefined || !mayBeType(this.#types.registry, name)) return found;
    return this.#search.find(name);
  }

  /** What may have been meant by a name that no type has. Few types are made to tell. */
  suggestType(name: string): string {
    const isThere = (one: string) => Boolean(common.getType(one) ?? this.#search.findNearby(one));
    const others = new Set([...Object.keys(common.getTypeMap()), ...namesNear(this.#types.registry, name)]);
    for (let tries = 0; tries < 5; tries += 1) {
      const nearest = findNearest(name, others);
      if (nearest === undefined) break;
      if (isThere(nearest)) return didYouMean(name, [nearest]);
      others.delete(nearest);
    }
    return '';
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

  /** Of all types where they were made. Else of those that can implement anything, and these are not looked into. */
  override getImplementations(type: GraphQLInterfaceType): ReturnType<GraphQLSchema['getImplementations']> {
    if (this.#whole) return this.#whole.getImplementations(type);
    const { registry, object } = this.#types;
    const objects = [...new Set(registry.entities.map(object))];
    const interfaces = [...new Set(objects.flatMap((one) => one.getInterfaces()))];
    return {
      objects: objects.filter((one) => one.getInterfaces().includes(type)),
      interfaces: interfaces.filter((one) => one.getInterfaces().includes(type)),
    };
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
