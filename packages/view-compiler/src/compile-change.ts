import { isDeepStrictEqual } from 'node:util';
import { type Entity, type Field, mapInSteps, type Registry, type Steps, toEnd } from '@formwork/registry';
import { compileEntityStorage, type EntityStorageRow } from './compile-entity-storage.ts';
import { compileLinkRules, type LinkRuleRow } from './compile-link-rules.ts';
import { compileView, type View } from './compile-view.ts';
import { compileConversions } from './conversions/compile-conversions.ts';
import { compileFormulas } from './stored/compile-formulas.ts';
import { compileRollups, type RollupRow } from './stored/compile-rollups.ts';
import type { GeneratedFunction } from './stored/generated-function.ts';

/** One thing to do in the database; names are storage keys. */
export type ChangeStep =
  /** Removes the rows of a field of links, which no rule will know of any more. */
  | { readonly do: 'remove_links'; readonly entityType: string; readonly field: string }
  /** Numbers the records that are there, in the order of their making, and starts the counter behind them. */
  | { readonly do: 'start_autonumber'; readonly entityType: string; readonly field: string }
  | { readonly do: 'save_storage'; readonly row: EntityStorageRow }
  /**
   * Touches every record of the entity, so that its slots are made anew. Where it can wait, a job may do that while everybody
   * goes on: the slots are new ones, or given up.
   */
  | { readonly do: 'fill'; readonly entityType: string; readonly canWait?: true }
  /** The same where all that comes of it is that slots are emptied which nobody has any more: there is no hurry. */
  | { readonly do: 'tidy'; readonly entityType: string }
  | { readonly do: 'save_link_rule'; readonly rule: LinkRuleRow }
  | { readonly do: 'remove_link_rule'; readonly entityType: string; readonly field: string }
  /** Creates those that are not there, and notes that this tenant computes by them. */
  | { readonly do: 'use_functions'; readonly functions: readonly GeneratedFunction[] }
  /** Computes the rollups of all records anew. */
  | { readonly do: 'save_rollup'; readonly row: RollupRow }
  | { readonly do: 'remove_rollup'; readonly row: RollupRow }
  | { readonly do: 'remove_entity'; readonly entityType: string }
  /** Creates those that are not there, and notes that this tenant reads through them. */
  | { readonly do: 'use_views'; readonly views: readonly View[] }
  | { readonly do: 'release_views'; readonly names: readonly string[] };

/**
 * What turns the database from one registry (null: none) to the next, in the order in which it has to be done. The
 * rows of entity types, fields and unique keys are not among it; those of the new registry have to be there first.
 * Views come last, so that the locks on their names, which all tenants share, are held for moments only. Functions that
 * compute what is stored come first, since filling needs them.
 */
export function compileChange(before: Registry | null, after: Registry): readonly ChangeStep[] {
  return toEnd(compileChangeInSteps(before, after));
}

/** The same in steps. */
export function* compileChangeInSteps(
  before: Registry | null,
  after: Registry,
): Steps<readonly ChangeStep[]> {
  const storage = yield* mapInSteps(after.entities, (entity) => changeStorage(before, after, entity));
  const links = changeLinkRules(before, after);
  yield;
  const removed = (before?.entities ?? []).filter(
    ({ storageKey }) => !after.entityByStorageKey.has(storageKey),
  );
  const rollups = changeRollups(before, after);
  return [
    ...rollups.filter((step) => step.do === 'remove_rollup'),
    ...useFunctions(after),
    ...removedLinks(before, after),
    ...storage.flat(),
    ...removed.flatMap((entity) => removeEntity(before as Registry, entity)),
    ...links,
    // Of values that are there by now. What rolls up other rollups follows them by its triggers.
    ...rollups.filter((step) => step.do === 'save_rollup'),
    ...changeViews(before, after),
  ];
}

function removedLinks(before: Registry | null, after: Registry): ChangeStep[] {
  return (before?.entities ?? []).flatMap((entity) => {
    const kept = after.entityByStorageKey.get(entity.storageKey)?.fieldByStorageKey;
    return entity.fields
      .filter(({ type, storageKey }) => type === 'links' && kept?.get(storageKey)?.type !== 'links')
      .map(
        ({ storageKey }) =>
          ({ do: 'remove_links', entityType: entity.storageKey, field: storageKey }) as const,
      );
  });
}

function changeStorage(before: Registry | null, after: Registry, entity: Entity): ChangeStep[] {
  const { storageKey: entityType } = entity;
  const row = compileEntityStorage(after, entity);
  const entityBefore = before?.entityByStorageKey.get(entityType);
  const rowBefore = before && entityBefore && compileEntityStorage(before, entityBefore);
  const numbered = row.autonumbers.filter((field) => !rowBefore?.autonumbers.includes(field));
  const steps: ChangeStep[] = numbered.map((field) => ({ do: 'start_autonumber', entityType, field }));
  if (isDeepStrictEqual(rowBefore, row)) return steps;
  if (!rowBefore || isFilled(before as Registry, entityBefore as Entity, after, entity)) {
    return [...steps, { do: 'save_storage', row }];
  }
  if (isTidying(slotsOf(rowBefore), slotsOf(row))) {
    return [...steps, { do: 'save_storage', row }, { do: 'tidy', entityType }];
  }
  const emptied = withoutReusedUniqueKeys(rowBefore, row);
  if (emptied !== null) return [...steps, ...fill(emptied), ...fill(row)];
  return [...steps, ...fill(row, canWait(slotsOf(rowBefore), slotsOf(row)))];
}

/** Whether slots mean what they did. Those of fields that a job fills, or has filled, are not looked at. */
function isFilled(before: Registry, was: Entity, after: Registry, entity: Entity): boolean {
  const isFilling = ({ conversion }: Field) => conversion?.state === 'filling';
  const isThere = new Set(entity.allFields.map(({ storageKey }) => storageKey));
  const left = new Set(
    [...was.allFields, ...entity.allFields]
      .filter(isFilling)
      .map(({ storageKey }) => storageKey)
      .filter((storageKey) => isThere.has(storageKey)),
  );
  const slots = (registry: Registry, { allFields, ...of }: Entity) => {
    const others = allFields.filter(({ storageKey }) => !left.has(storageKey));
    return slotsOf(compileEntityStorage(registry, { ...of, allFields: others }));
  };
  return isDeepStrictEqual(slots(before, was), slots(after, entity));
}

type SlotUse = ReturnType<typeof slotsOf>;

/** Whether slots were given up, and else all is as it was. Links and unique values are let go of at once. */
function isTidying(before: SlotUse, after: SlotUse): boolean {
  const kinds = ['textKeys', 'numberKeys', 'timeKeys'] as const;
  const wasKept = kinds.every((kind) =>
    after[kind].every((key, index) => key === null || key === before[kind][index]),
  );
  const others = ({ textKeys, textExact, numberKeys, timeKeys, ...rest }: SlotUse) => rest;
  return wasKept && isDeepStrictEqual(others(before), others(after));
}

/**
 * Whether nothing is read or kept true by a slot before it is filled. Words and formulas would be wrong, and a record could
 * be deleted to which a link leads that is not there any more.
 */
function canWait(before: SlotUse, after: SlotUse): boolean {
  const { formulas, searchKeys, linkKeys } = after;
  const wasKept = before.linkKeys.every((key, index) => key === null || key === linkKeys[index]);
  return wasKept && formulas === before.formulas && isDeepStrictEqual(searchKeys, before.searchKeys);
}

function fill(row: EntityStorageRow, isPatient = false): ChangeStep[] {
  return [
    { do: 'save_storage', row },
    { do: 'fill', entityType: row.entityType, ...(isPatient && { canWait: true }) },
  ];
}

/** All of the row that decides what stands in the slots, which words are searched, and which formulas in the data. */
function slotsOf(row: EntityStorageRow) {
  const { textKeys, textExact, numberKeys, timeKeys, uniqueKeys, nullsEqual, linkKeys, formulas } = row;
  const { searchKeys } = row;
  return {
    textKeys,
    textExact,
    numberKeys,
    timeKeys,
    uniqueKeys,
    nullsEqual,
    linkKeys,
    formulas,
    searchKeys,
  };
}

/**
 * Unique slots that change their meaning are emptied first: filled record by record, a new text could meet the old
 * text of a record whose turn has not come. Null where there are none.
 */
function withoutReusedUniqueKeys(before: EntityStorageRow, after: EntityStorageRow): EntityStorageRow | null {
  const isReused = after.uniqueKeys.map((parts, index) => {
    const was = before.uniqueKeys[index] ?? null;
    const same = isDeepStrictEqual(parts, was) && after.nullsEqual[index] === before.nullsEqual[index];
    return parts !== null && was !== null && !same;
  });
  if (!isReused.includes(true)) return null;
  return { ...after, uniqueKeys: after.uniqueKeys.map((parts, index) => (isReused[index] ? null : parts)) };
}

/** The records stay, out of sight, but let go of the records that they link to and of their places in indexes. */
function removeEntity(before: Registry, entity: Entity): ChangeStep[] {
  const bare: Entity = { ...entity, keys: [], fields: [], allFields: [] };
  return [
    ...fill(compileEntityStorage(before, bare)),
    { do: 'remove_entity', entityType: entity.storageKey },
  ];
}

function changeLinkRules(before: Registry | null, after: Registry): ChangeStep[] {
  const rulesBefore = before === null ? [] : compileLinkRules(before);
  const rules = compileLinkRules(after);
  const placeOf = ({ entityType, field }: LinkRuleRow) => `${entityType}.${field}`;
  const [was, is] = [rulesBefore, rules].map((list) => new Map(list.map((rule) => [placeOf(rule), rule])));
  const changed = rules.filter((rule) => !isDeepStrictEqual(was?.get(placeOf(rule)), rule));
  // Those of a removed entity go with its row.
  const removed = rulesBefore.filter(
    (rule) => after.entityByStorageKey.has(rule.entityType) && !is?.has(placeOf(rule)),
  );
  return [
    ...removed.map(({ entityType, field }) => ({ do: 'remove_link_rule', entityType, field }) as const),
    ...changed.map((rule) => ({ do: 'save_link_rule', rule }) as const),
  ];
}

function useFunctions(after: Registry): ChangeStep[] {
  const functions = functionsOf(after);
  return functions.length === 0 ? [] : [{ do: 'use_functions', functions }];
}

function functionsOf(registry: Registry): readonly GeneratedFunction[] {
  const functions = registry.entities.flatMap((entity) => [
    ...[compileFormulas(entity) ?? []].flat(),
    ...[compileConversions(entity) ?? []].flat(),
    ...compileRollups(registry, entity).flatMap((rollups) => rollups.functions),
  ]);
  return [...new Map(functions.map((one) => [one.name, one])).values()];
}

function changeRollups(before: Registry | null, after: Registry): ChangeStep[] {
  const rowsOf = (registry: Registry | null) =>
    registry === null
      ? []
      : registry.entities.flatMap((entity) => compileRollups(registry, entity)).map(({ row }) => row);
  const [was, is] = [rowsOf(before), rowsOf(after)];
  const isSame = (a: RollupRow) => (b: RollupRow) =>
    a.entityType === b.entityType &&
    a.sourceType === b.sourceType &&
    a.field === b.field &&
    a.way === b.way &&
    a.isAdded === b.isAdded;
  return [
    ...was.filter((row) => !is.some(isSame(row))).map((row) => ({ do: 'remove_rollup', row }) as const),
    ...is
      .filter((row) => !was.some((one) => isDeepStrictEqual(one, row)))
      .map((row) => ({ do: 'save_rollup', row }) as const),
  ];
}

function changeViews(before: Registry | null, after: Registry): ChangeStep[] {
  const namesOf = (registry: Registry | null) =>
    registry === null
      ? []
      : [
          ...registry.entities.map(({ viewName }) => viewName),
          ...functionsOf(registry).map(({ name }) => name),
        ];
  const used = new Set(namesOf(after));
  const usedBefore = new Set(namesOf(before));
  const released = [...usedBefore].filter((name) => !used.has(name));
  return [
    { do: 'use_views', views: after.entities.map(compileView) },
    { do: 'release_views', names: released },
  ];
}
