import type {
  ConnectionArguments,
  ConnectionSelection,
  LinkSelection,
  RecordSelection,
} from '../contract.ts';

/** Selections are mostly the same few objects, asked about for each record. */
const keys = new WeakMap<RecordSelection | ConnectionSelection, string>();

/** Equal for equal selections. */
export function selectionKey(selection: RecordSelection | ConnectionSelection): string {
  let key = keys.get(selection);
  if (key === undefined) {
    key = JSON.stringify(selection);
    keys.set(selection, key);
  }
  return key;
}

export function recordLinkKey(field: string, selection: RecordSelection): string {
  return `${field} ${selectionKey(selection)}`;
}

export function connectionLinkKey(
  field: string,
  args: ConnectionArguments,
  selection: ConnectionSelection,
): string {
  return `${field} ${JSON.stringify(args)} ${selectionKey(selection)}`;
}

/** One selection with everything that any of them selects. */
export function mergeSelections(selections: readonly RecordSelection[]): RecordSelection {
  const distinct = [...new Map(selections.map((selection) => [selectionKey(selection), selection])).values()];
  const [first] = distinct;
  if (distinct.length === 1 && first !== undefined) return first;
  const fields = [...new Set(distinct.flatMap((selection) => selection.fields))];
  const links = new Map(
    distinct.flatMap((selection) => selection.links ?? []).map((link) => [JSON.stringify(link), link]),
  );
  return links.size === 0 ? { fields } : { fields, links: [...links.values()] satisfies LinkSelection[] };
}
