import type { StorageContext } from './assign-storage.ts';
import type { DraftEntity } from './draft.ts';
import type { SlotKind } from './field-types.ts';
import { slotsPerKind } from './limits.ts';
import type { Entity, Slot } from './model.ts';
import type { ProblemList } from './problem-list.ts';
import { quote } from './quote.ts';
import { assignSlots, slotKindOf } from './slots.ts';
import type { StoredField, StoredUniqueKey } from './stored-registry.ts';
import { checkDoubleKeys, keyId, keyIdOf, type WantedKey, wantedKeys } from './wanted-keys.ts';

/** Gives the fields and unique keys of an entity their slots; those for which none is left are problems. */
export function assignEntitySlots(
  entity: DraftEntity,
  fields: readonly StoredField[],
  today: Entity | undefined,
  populated: boolean,
  { limits, problems, resultTypes }: StorageContext,
): { readonly fields: readonly StoredField[]; readonly uniqueKeys: readonly StoredUniqueKey[] } {
  const keys = wantedKeys(entity, new Map(fields.map((field) => [field.key, field.storageKey])));
  checkDoubleKeys(keys, problems);
  const kindOf = ({ key, type, indexed }: StoredField) =>
    slotKindOf({ type: resultTypes.get(entity.key)?.get(key) ?? type, indexed });
  const ofFields = fields.flatMap((field) => {
    const kind = kindOf(field);
    return kind === null ? [] : [{ id: fieldId(field.storageKey), kind }];
  });
  if (ofFields.length > limits.indexedFieldsPerEntity) {
    const message = `The entity ${quote(entity.key)} has ${ofFields.length} links and indexed fields; at most ${limits.indexedFieldsPerEntity} are allowed.`;
    problems.add('LIMIT_EXCEEDED', `${entity.path}.fields`, message);
  }
  const ofKeys = keys.map((key) => ({ id: keyId(key), kind: 'u' as const }));
  const slots = assignSlots([...ofFields, ...ofKeys], slotsOfToday(today), populated);
  checkFields(entity, fields, kindOf, slots, problems);
  return {
    fields: fields.map((field) => withSlot(field, slots)),
    uniqueKeys: storeKeys(entity, fields, keys, slots, problems),
  };
}

function withSlot(field: StoredField, slots: ReadonlyMap<string, Slot>): StoredField {
  const slot = slots.get(fieldId(field.storageKey));
  return slot === undefined ? field : { ...field, slot: slot.column, slotState: slot.state };
}

function storeKeys(
  entity: DraftEntity,
  fields: readonly StoredField[],
  keys: readonly WantedKey[],
  slots: ReadonlyMap<string, Slot>,
  problems: ProblemList,
): readonly StoredUniqueKey[] {
  const entityType = fields[0]?.entityType ?? '';
  return keys.flatMap((wanted, position) => {
    const slot = slots.get(keyId(wanted));
    if (slot === undefined) {
      problems.add(
        'NO_SLOT_LEFT',
        wanted.path,
        noSlotLeft(entity, `the unique key ${quote(wanted.key)}`, 'u'),
      );
      return [];
    }
    const { key, nullsEqual, caseInsensitive } = wanted;
    const options = { ...(nullsEqual && { nullsEqual }), ...(caseInsensitive && { caseInsensitive }) };
    return [
      { entityType, key, fields: wanted.fields, options, slot: slot.column, slotState: slot.state, position },
    ];
  });
}

function checkFields(
  entity: DraftEntity,
  fields: readonly StoredField[],
  kindOf: (field: StoredField) => SlotKind | null,
  slots: ReadonlyMap<string, Slot>,
  problems: ProblemList,
): void {
  for (const field of fields) {
    const kind = kindOf(field);
    if (kind !== null && !slots.has(fieldId(field.storageKey))) {
      const path = entity.fields.find((one) => one.key === field.key)?.path ?? entity.path;
      const message = noSlotLeft(entity, `the field ${quote(field.key)}`, kind);
      problems.add('NO_SLOT_LEFT', kind === 'l' ? `${path}.type` : `${path}.indexed`, message);
    }
  }
}

const kindNames: Readonly<Record<SlotKind, string>> = {
  t: 'indexed fields of text, choices and times of day',
  n: 'indexed fields of numbers',
  d: 'indexed fields of dates',
  l: 'links to one',
  u: 'unique keys',
};

function noSlotLeft(entity: DraftEntity, who: string, kind: SlotKind): string {
  const what = `An entity can have ${slotsPerKind[kind]} ${kindNames[kind]}`;
  const advice =
    kind === 'l' ? 'Use fewer links.' : kind === 'u' ? 'Remove one.' : 'Remove "indexed" from one.';
  return `No slot is left for ${who} of ${quote(entity.key)}. ${what}. ${advice}`;
}

function slotsOfToday(today: Entity | undefined): ReadonlyMap<string, Slot> {
  const ofFields = (today?.allFields ?? []).flatMap(({ storageKey, slot }) =>
    slot === null ? [] : [[fieldId(storageKey), slot] as const],
  );
  const ofKeys = (today?.keys ?? []).map((key) => [keyIdOf(key), key.slot] as const);
  return new Map([...ofFields, ...ofKeys]);
}

/** Never the id of a unique key, which is a JSON list. */
function fieldId(storageKey: string): string {
  return storageKey;
}
