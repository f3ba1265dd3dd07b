import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { type Entity, keyColumn } from '@formwork/registry';
import { columnOf } from './comparable.ts';

/**
 * `from … where …` of the records for which a condition holds, to count them: over slots alone where the condition, and what is
 * counted of them, asks for nothing else, so that an index answers without a look at the records (2,000: 0.2 ms in place of
 * 0.8). A deleted record that is kept has no slots, and one that is not deleted has all keys; so it is enough that a key is
 * there. Null where that cannot be said.
 */
export function slotsAlone(
  entity: Entity,
  alias: SqlFragment,
  where: SqlFragment | null,
  counted: readonly SqlFragment[] = [],
): SqlFragment | null {
  if (entity.access?.read) return null;
  const slots = slotColumns(entity);
  const used = [where ?? [], ...counted].flat().flatMap((fragment) => columnsIn(fragment, alias));
  if (used.some((column) => column !== 'id' && !slots.has(column))) return null;
  const keys = [...slots.keys()].filter((column) => slots.get(column)?.isKey);
  const present = used.find((column) => keys.includes(column)) ?? (where === null ? keys[0] : undefined);
  if (present === undefined && !(where && comparesOneLink(where, alias))) return null;
  const columns = [...new Set([...used, ...(present === undefined ? [] : [present])])]
    .filter((column) => column !== 'id')
    .map((column) => sql`${sql.identifier(slots.get(column)?.slot ?? '')} as ${sql.identifier(column)}`);
  const conditions = [
    ...(where === null ? [] : [where]),
    ...(present === undefined ? [] : [sql`${columnOf(alias, present)} is not null`]),
  ];
  return sql`from (select ${sql.join([sql`id`, ...columns])} from formwork.records
    where entity_type = ${sql.literal(entity.storageKey)}) ${alias} where ${sql.join(conditions, ' and ')}`;
}

interface SlotColumn {
  readonly slot: string;
  /** Never null, unlike a link. */
  readonly isKey: boolean;
}

/** Columns of the entity's view that are slots as they are. */
function slotColumns(entity: Entity): ReadonlyMap<string, SlotColumn> {
  return new Map(
    entity.fields.flatMap((field): [string, SlotColumn][] => {
      if (field.slot?.state !== 'ready') return [];
      const slot = field.slot.column;
      const key = keyColumn(field);
      if (key !== null) return [[key, { slot, isKey: true }]];
      return field.type === 'link' ? [[field.storageKey, { slot, isKey: false }]] : [];
    }),
  );
}

/** Columns of the record that a condition names; its values are parameters, so nobody else writes in it. */
function columnsIn({ text }: SqlFragment, alias: SqlFragment): readonly string[] {
  return text
    .split(`${alias.text}.`)
    .slice(1)
    .map((rest) => /^"?(\w+)/.exec(rest)?.[1] ?? '');
}

/** Whether the condition is one comparison of a link: whatever is more than that stands in brackets. */
function comparesOneLink({ text }: SqlFragment, alias: SqlFragment): boolean {
  return new RegExp(`^${alias.text}\\."\\w+" = `).test(text);
}
