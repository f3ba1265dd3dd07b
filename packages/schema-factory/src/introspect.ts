import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLDeprecatedDirective,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
} from 'graphql';
import type { TenantSchema } from './tenant-schema.ts';

/** Types whose description is written at a step. */
const atOnce = 5;

export interface Introspection {
  readonly schema: GraphQLSchema;
  /** Another like it, of which all types are made where they have to be listed. */
  readonly make: () => TenantSchema;
  /** Without variables, and with nothing in it but questions about the schema. */
  readonly document: DocumentNode;
  readonly operationName: string | null;
}

/**
 * The answer to a question about the schema, as text, in steps: of 300 entities it has ten megabytes, and whoever else
 * wants to be answered would wait a second for it. The list of types is what is long, so it is asked for a part at a time.
 * Gives the result instead where there are errors.
 */
export function* introspect(question: Introspection): Generator<void, string | ExecutionResult> {
  const places = findLists(ask(question, new Part(null, question.schema, [])));
  if (places.length === 0) {
    const result = ask(question, question.schema);
    return result.errors ? result : JSON.stringify(result);
  }
  const schema = question.make();
  yield* schema.makeAll();
  const types = Object.values(schema.getTypeMap());
  const frame = ask(question, new Part(schema, schema, []));
  if (frame.errors) return frame;
  const lists = new Map<unknown, string[]>(places.map((place) => [place.join('\n'), []]));
  for (let from = 0; from < types.length; from += atOnce) {
    const { data, errors } = ask(question, new Part(null, schema, types.slice(from, from + atOnce)));
    if (errors) return { errors };
    for (const [outer, inner] of places) {
      const list = (data as Lists)[outer]?.[inner] ?? [];
      lists.get(`${outer}\n${inner}`)?.push(JSON.stringify(list).slice(1, -1));
    }
    yield;
  }
  return `{"data":${write(frame.data as Lists, lists)}}`;
}

type Lists = Readonly<Record<string, Readonly<Record<string, readonly unknown[]>> | null>>;

function ask({ document, operationName }: Introspection, schema: GraphQLSchema): ExecutionResult {
  // Nothing in it can wait for anything.
  return execute({ schema, document, operationName }) as ExecutionResult;
}

/** Where the list of types stands, by what it is called: of a schema without types it is empty, and no other list is. */
function findLists({ data }: ExecutionResult): readonly (readonly [string, string])[] {
  return Object.entries((data ?? {}) as Lists).flatMap(([outer, value]) =>
    Object.entries(typeof value === 'object' ? (value ?? {}) : {})
      .filter(([, inner]) => Array.isArray(inner) && inner.length === 0)
      .map(([inner]) => [outer, inner] as const),
  );
}

function write(data: Lists, lists: ReadonlyMap<unknown, readonly string[]>): string {
  return object(data, (value, outer) =>
    typeof value !== 'object' || value === null
      ? JSON.stringify(value)
      : object(value, (one, inner) => {
          const parts = lists.get(`${outer}\n${inner}`);
          return parts ? `[${parts.join()}]` : JSON.stringify(one);
        }),
  );
}

function object<Value>(
  of: Readonly<Record<string, Value>>,
  text: (value: Value, name: string) => string,
): string {
  return `{${Object.entries(of).map(([name, value]) => `${JSON.stringify(name)}:${text(value, name)}`)}}`;
}

/** Nothing to be asked. */
const nothing = new GraphQLObjectType({ name: 'Query', fields: {} });

/** A schema that lists some of its types; without `rest` it has nothing else, so that asking for that costs nothing. */
class Part extends GraphQLSchema {
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
