import { sql, textArray } from '@formwork/pg/sql-text';
import { groupBy } from '@formwork/registry';
import type { KeyConflict } from './key-conflicts.ts';
import { runWrite, type WriteContext } from './write-context.ts';

/** Conflicts without the ids of records that the caller may not see. That a value is taken it learns by all means. */
export async function hideConflicts(
  context: WriteContext,
  conflicts: readonly KeyConflict[],
): Promise<readonly KeyConflict[]> {
  const visible = new Set<string | null>();
  for (const [entity, ofEntity] of groupBy(conflicts, (conflict) => conflict.entity)) {
    const ids = ofEntity.flatMap(({ existing }) => existing ?? []);
    const rows = context.permissions.visible(entity);
    if (rows === null) for (const id of ids) visible.add(id);
    else {
      const [found = []] = await runWrite(context, entity, [
        sql`select v.id from ${rows} v where v.id = any (${textArray(ids)}::uuid[])`,
      ]);
      for (const [id] of found) visible.add(id ?? null);
    }
  }
  return conflicts.map((conflict) => ({
    ...withSeenKey(context, conflict),
    existing: visible.has(conflict.existing) ? conflict.existing : null,
  }));
}

/** A key with a field that the caller may not read has no name for it, and only the other fields. */
function withSeenKey({ permissions }: WriteContext, conflict: KeyConflict): KeyConflict {
  const seen = permissions.seen(conflict.entity);
  const { key } = conflict;
  if (permissions.isWhole || key.fields.every((field) => seen?.fieldByStorageKey.has(field.storageKey))) {
    return conflict;
  }
  const fields = key.fields.filter((field) => seen?.fieldByStorageKey.has(field.storageKey));
  return { ...conflict, key: { ...key, name: '', fields } };
}
