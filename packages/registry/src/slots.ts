import type { FieldDocument } from './document.ts';
import { fieldTypeRule, type SlotKind } from './field-types.ts';
import type { Computed } from './formula/computation.ts';
import { slotsPerKind } from './limits.ts';
import type { Slot } from './model.ts';

/** Something of an entity that wants a slot; `id` tells whether it is the same as one that has a slot today. */
interface SlotWish {
  readonly id: string;
  readonly kind: SlotKind;
}

/** The kind of slot that a field needs: a link always, others when they are indexed. */
export function slotKindOf({
  type,
  indexed,
  computed,
}: Pick<FieldDocument, 'type' | 'indexed'> & { readonly computed?: Computed | null }): SlotKind | null {
  const { slot } = fieldTypeRule(computed?.type ?? type);
  return slot === 'l' || indexed ? slot : null;
}

/**
 * Slots for the wishes of one entity, by id; wishes that find none are left out. Who has a slot keeps it; the others
 * take the first free one in order, so that equal designs get equal slots. Where there are records, a new slot has to
 * be filled, and one that has only just become free is taken last: its column still holds somebody else's keys.
 */
export function assignSlots(
  wishes: readonly SlotWish[],
  today: ReadonlyMap<string, Slot>,
  populated: boolean,
): ReadonlyMap<string, Slot> {
  const assigned = new Map<string, Slot>();
  for (const { id, kind } of wishes) {
    const slot = today.get(id);
    if (slot?.column.startsWith(kind)) {
      assigned.set(id, slot);
    }
  }
  const kept = new Set([...assigned.values()].map((slot) => slot.column));
  const freed = new Set([...today.values()].map((slot) => slot.column).filter((column) => !kept.has(column)));
  const free = allColumns.filter((column) => !kept.has(column));
  const inOrder = populated
    ? [...free.filter((column) => !freed.has(column)), ...free.filter((column) => freed.has(column))]
    : free;
  for (const { id, kind } of wishes.filter((wish) => !assigned.has(wish.id))) {
    const index = inOrder.findIndex((column) => column.startsWith(kind));
    const [column] = index < 0 ? [] : inOrder.splice(index, 1);
    if (column !== undefined) {
      assigned.set(id, { column, state: populated ? 'filling' : 'ready' });
    }
  }
  return assigned;
}

const allColumns = Object.entries(slotsPerKind).flatMap(([kind, count]) =>
  Array.from({ length: count }, (_, index) => `${kind}${index + 1}`),
);
