import type { ConnectionNode, RecordNode } from '../contract.ts';

type Nested = RecordNode | ConnectionNode | null;

/** What was read behind the links of records, by link key. It goes with its record. */
const values = new WeakMap<RecordNode, Map<string, Nested>>();

export function keepNested(node: RecordNode, key: string, value: Nested): void {
  const known = values.get(node);
  if (known === undefined) values.set(node, new Map([[key, value]]));
  else known.set(key, value);
}

/** Undefined where nothing was read. A key is made of one kind of link only, so it tells the type. */
export function findNested<T extends Nested>(node: RecordNode, key: string): T | undefined {
  return values.get(node)?.get(key) as T | undefined;
}
