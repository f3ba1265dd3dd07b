import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLBoolean,
  type GraphQLNamedType,
  GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { SchemaPart } from './schema-part.ts';
import type { TenantSchema } from './tenant-schema.ts';

/** Types that are described at a step; and fields, of one that has more. */
const atOnce = { types: 5, fields: 50 };

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
  const [none, one] = [[], [GraphQLBoolean]].map((types) =>
    ask(question, new SchemaPart(null, question.schema, types)),
  );
  const places = findLists(none, one);
  if (places.length === 0) {
    const result = ask(question, question.schema);
    return result.errors ? result : JSON.stringify(result);
  }
  const schema = wholeOf(question);
  yield* schema.makeAll();
  const types = Object.values(schema.getTypeMap());
  const frame = ask(question, new SchemaPart(schema, schema, []));
  if (frame.errors) return frame;
  const describe = (some: readonly GraphQLNamedType[]) => {
    const { data } = ask(question, new SchemaPart(null, schema, some)) as { readonly data: Lists };
    return places.map(([outer, inner]) => data[outer]?.[inner] ?? []);
  };
  const lists = new Map<unknown, string[]>(places.map((place) => [place.join('\n'), []]));
  for (const some of portions(types)) {
    const [only] = some;
    const texts = isLong(only) ? yield* describeLong(only, describe) : describe(some).map(textOf);
    for (const [index, place] of places.entries()) lists.get(place.join('\n'))?.push(texts[index] as string);
    yield;
  }
  return `{"data":${write(frame.data as Lists, lists)}}`;
}

/** Schemas that are being described, for as long as somebody does. */
const described = new WeakMap<GraphQLSchema, WeakRef<TenantSchema>>();

/** One for all who ask at the same time, in however many words: each for itself would take as much memory again. */
function wholeOf({ schema, make }: Introspection): TenantSchema {
  const known = described.get(schema)?.deref();
  if (known) return known;
  const whole = make();
  described.set(schema, new WeakRef(whole));
  return whole;
}

/** Of one type at a time where that is long. */
function* portions(types: readonly GraphQLNamedType[]): Generator<readonly GraphQLNamedType[]> {
  let portion: GraphQLNamedType[] = [];
  for (const type of types) {
    if (portion.length >= atOnce.types || isLong(type) || isLong(portion[0])) {
      if (portion.length > 0) yield portion;
      portion = [];
    }
    portion.push(type);
  }
  yield portion;
}

function isLong(type: GraphQLNamedType | undefined): type is GraphQLObjectType {
  return isObjectType(type) && Object.keys(type.getFields()).length > atOnce.fields;
}

/** Some of its fields at a step: the roots of 300 entities have some thousands. */
function* describeLong(
  type: GraphQLObjectType,
  describe: (some: readonly GraphQLNamedType[]) => readonly (readonly unknown[])[],
): Generator<void, readonly string[]> {
  const config = type.toConfig();
  const all = Object.entries(config.fields);
  const withFields = (from: number, to: number) => {
    const some = new GraphQLObjectType({ ...config, fields: Object.fromEntries(all.slice(from, to)) });
    return describe([some]).map(([described]) => described as Lists[string] & object);
  };
  const frames = withFields(0, 0);
  const lists = frames.map((frame) => emptyLists(frame));
  for (let from = 0; from < all.length; from += atOnce.fields) {
    for (const [index, described] of withFields(from, from + atOnce.fields).entries())
      for (const [name, texts] of lists[index] ?? [])
        if (described[name]?.length) texts.push(textOf(described[name]));
    yield;
  }
  return frames.map((frame, index) =>
    object(frame, (value, name) => {
      const texts = lists[index]?.get(name);
      return texts ? `[${texts.join()}]` : JSON.stringify(value);
    }),
  );
}

function emptyLists(frame: object): ReadonlyMap<string, string[]> {
  const names = Object.entries(frame).filter(([, value]) => Array.isArray(value) && value.length === 0);
  return new Map(names.map(([name]) => [name, []]));
}

const textOf = (list: readonly unknown[]): string => JSON.stringify(list).slice(1, -1);

type Lists = Readonly<Record<string, Readonly<Record<string, readonly unknown[]>> | null>>;

function ask({ document, operationName }: Introspection, schema: GraphQLSchema): ExecutionResult {
  // Nothing in it can wait for anything.
  return execute({ schema, document, operationName }) as ExecutionResult;
}

/** Where the list of types stands, by what it is called: where there are none without types, and one with one. */
function findLists(
  none: ExecutionResult | undefined,
  one: ExecutionResult | undefined,
): readonly (readonly [string, string])[] {
  const lengthIn = (result: ExecutionResult | undefined, outer: string, inner: string) =>
    (result?.data as Lists | undefined)?.[outer]?.[inner]?.length;
  return Object.entries((none?.data ?? {}) as Lists).flatMap(([outer, value]) =>
    Object.keys(typeof value === 'object' ? (value ?? {}) : {})
      .filter((inner) => lengthIn(none, outer, inner) === 0 && lengthIn(one, outer, inner) === 1)
      .map((inner) => [outer, inner] as const),
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
