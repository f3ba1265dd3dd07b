import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { SelectionWalk } from './selection-walk.ts';

interface Entry {
  readonly typeName: string;
  readonly decidedBy: ReadonlyMap<string, unknown>;
  readonly selection: unknown;
}

/** Combinations of @skip and @include that are remembered for one field. */
const mostEntries = 16;

/**
 * By schema, because one parsed document may serve several; then by the field's node, which lives as long as its
 * document. Fields merged from several places have a list of nodes that lives as long as the request.
 */
const caches = new WeakMap<GraphQLSchema, WeakMap<object, Entry[]>>();

/** The same selection object for the same field, type and outcome of its directives; walks only when it is new. */
export function cachedSelection<T>(
  info: GraphQLResolveInfo,
  typeName: string,
  read: (walk: SelectionWalk) => T,
): T {
  const entries = entriesOf(info);
  const known = entries.find((entry) => entry.typeName === typeName && isDecidedAlike(entry, info));
  // A field gives either records or a connection, so under its node and type there is only one kind of selection.
  if (known) return known.selection as T;
  const walk = new SelectionWalk(info);
  const selection = read(walk);
  if (entries.length < mostEntries) entries.push({ typeName, decidedBy: walk.decidedBy, selection });
  return selection;
}

function entriesOf(info: GraphQLResolveInfo): Entry[] {
  const [first] = info.fieldNodes;
  const key = info.fieldNodes.length === 1 && first ? first : info.fieldNodes;
  const cache = getOrCreate(caches, info.schema, () => new WeakMap<object, Entry[]>());
  return getOrCreate(cache, key, () => []);
}

function isDecidedAlike(entry: Entry, info: GraphQLResolveInfo): boolean {
  for (const [name, value] of entry.decidedBy) {
    if (info.variableValues[name] !== value) return false;
  }
  return true;
}

function getOrCreate<K extends object, V>(map: WeakMap<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
