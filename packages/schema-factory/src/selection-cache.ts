import type { FieldNode, GraphQLSchema } from 'graphql';
import type { Outline } from './outline.ts';
import { type Info, SelectionWalk } from './selection-walk.ts';

interface Entry {
  readonly nodes: readonly FieldNode[];
  readonly typeName: string;
  readonly decidedBy: ReadonlyMap<string, unknown>;
  readonly outline: Outline<unknown>;
}

/** Combinations of @skip and @include that are remembered for one field. */
const mostEntries = 16;

/** By schema, because one parsed document may serve several; then by the field's first node, which lives as long as its document. */
const caches = new WeakMap<GraphQLSchema, WeakMap<FieldNode, Entry[]>>();

/**
 * The same outline for the same field (of one node, or of those that were merged into it), type and outcome of its
 * directives; walks only when it is new. `from`: the walk that came to the field, which is decided by the same.
 */
export function cachedOutline<T>(
  info: Info,
  nodes: readonly FieldNode[],
  typeName: string,
  read: (walk: SelectionWalk) => Outline<T>,
  from?: SelectionWalk,
): Outline<T> {
  const entries = entriesOf(info.schema, nodes);
  let entry = entries.find((known) => isFor(known, nodes, typeName) && isDecidedAlike(known, info));
  if (entry === undefined) {
    const walk = new SelectionWalk(info);
    const outline = read(walk);
    entry = { nodes, typeName, decidedBy: walk.decidedBy, outline };
    if (entries.push(entry) > mostEntries) entries.shift();
  }
  for (const [name, value] of entry.decidedBy) from?.decidedBy.set(name, value);
  // A field gives one of records, a connection and groups, so under its nodes and type there is one kind of outline.
  return entry.outline as Outline<T>;
}

function isFor(entry: Entry, nodes: readonly FieldNode[], typeName: string): boolean {
  return (
    entry.typeName === typeName &&
    entry.nodes.length === nodes.length &&
    entry.nodes.every((node, index) => node === nodes[index])
  );
}

function isDecidedAlike({ decidedBy }: Entry, { variableValues }: Info): boolean {
  for (const [name, value] of decidedBy) {
    if (variableValues[name] !== value) return false;
  }
  return true;
}

function entriesOf(schema: GraphQLSchema, [first]: readonly FieldNode[]): Entry[] {
  if (first === undefined) throw new Error('A field stands in the document at least once');
  const cache = getOrCreate(caches, schema, () => new WeakMap<FieldNode, Entry[]>());
  return getOrCreate(cache, first, () => []);
}

function getOrCreate<K extends object, V>(map: WeakMap<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
