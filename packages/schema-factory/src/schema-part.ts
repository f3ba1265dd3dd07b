import {
  GraphQLDeprecatedDirective,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
} from 'graphql';

/** Nothing to be asked. */
const nothing = new GraphQLObjectType({ name: 'Query', fields: {} });

/** A schema that lists some of its types; without `rest` it has nothing else, so that asking for that costs nothing. */
export class SchemaPart extends GraphQLSchema {
  readonly #whole: GraphQLSchema;
  readonly #rest: GraphQLSchema | null;
  readonly #types: Record<string, GraphQLNamedType>;

  constructor(rest: GraphQLSchema | null, whole: GraphQLSchema, types: readonly GraphQLNamedType[]) {
    super({ assumeValid: true, directives: rest?.getDirectives() ?? [GraphQLDeprecatedDirective] });
    this.#rest = rest;
    this.#whole = whole;
    this.#types = Object.fromEntries(types.map((type) => [type.name, type]));
  }

  override getTypeMap(): Record<string, GraphQLNamedType> {
    return this.#types;
  }

  override getType(name: string): GraphQLNamedType | undefined {
    if (this.#rest) return this.#rest.getType(name);
    return name === nothing.name ? nothing : super.getTypeMap()[name];
  }

  override getQueryType(): GraphQLObjectType {
    return this.#rest?.getQueryType() ?? nothing;
  }

  override getMutationType(): GraphQLObjectType | undefined {
    return this.#rest?.getMutationType() ?? undefined;
  }

  override getImplementations(type: GraphQLInterfaceType): ReturnType<GraphQLSchema['getImplementations']> {
    return this.#whole.getImplementations(type);
  }
}
