import type { AggregateSelection, ConnectionSelection, LinkSelection, RecordSelection } from '../contract.ts';

type Selection = RecordSelection | ConnectionSelection | AggregateSelection;

/** Selections are mostly the same few objects, asked about for each record. */
const keys = new WeakMap<Selection, string>();
let objects = 0;

/**
 * Equal for equal selections. Of those with links an object is equal to itself alone: written out, what fragments say
 * once could be as long as two to the power of their number.
 */
export function selectionKey(selection: Selection): string {
  let key = keys.get(selection);
  if (key === undefined) {
    objects += 1;
    key = hasLinks(selection) ? `#${objects}` : JSON.stringify(selection);
    keys.set(selection, key);
  }
  return key;
}

export function isSameSelection(one: Selection, other: Selection): boolean {
  return one === other || selectionKey(one) === selectionKey(other);
}

function hasLinks(selection: Selection): boolean {
  const record = 'node' in selection ? selection.node : selection;
  return record !== null && 'links' in record && (record.links ?? []).length > 0;
}

/** One selection with everything that any of them selects. */
export function mergeSelections(selections: readonly RecordSelection[]): RecordSelection {
  const distinct = [...new Map(selections.map((selection) => [selectionKey(selection), selection])).values()];
  const [first] = distinct;
  if (distinct.length === 1 && first !== undefined) return first;
  const fields = [...new Set(distinct.flatMap((selection) => selection.fields))];
  const links = new Set<LinkSelection>(distinct.flatMap((selection) => selection.links ?? []));
  return links.size === 0 ? { fields } : { fields, links: [...links] };
}

const withoutLinks = new WeakMap<
  RecordSelection | ConnectionSelection,
  RecordSelection | ConnectionSelection
>();

/** The selection as loaders read it: what is behind links they are asked for later. */
export function plainRecord(selection: RecordSelection): RecordSelection {
  return plain(selection, ({ fields }) => ({ fields }));
}

export function plainConnection(selection: ConnectionSelection): ConnectionSelection {
  return plain(selection, ({ node, ...rest }) => ({ node: node && plainRecord(node), ...rest }));
}

function plain<S extends RecordSelection | ConnectionSelection>(selection: S, make: (selection: S) => S): S {
  if (!hasLinks(selection)) return selection;
  const known = withoutLinks.get(selection);
  if (known !== undefined) return known as S;
  const made = make(selection);
  withoutLinks.set(selection, made);
  return made;
}
