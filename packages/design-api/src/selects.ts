import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/** Whether the field of `info` selects that field, through fragments too. One that is skipped counts as well. */
export function selects(info: GraphQLResolveInfo, fieldName: string): boolean {
  const seen = new Set<string>();
  const has = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value === fieldName;
      if (selection.kind === Kind.INLINE_FRAGMENT) return has(selection.selectionSet);
      const name = selection.name.value;
      if (seen.has(name)) return false;
      seen.add(name);
      return has(info.fragments[name]?.selectionSet);
    }) ?? false;
  return info.fieldNodes.some((node) => has(node.selectionSet));
}
