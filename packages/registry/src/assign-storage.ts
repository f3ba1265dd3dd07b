import type { EntityAliasDocument, StoredHistory } from './aliases/alias.ts';
import type { Identities } from './aliases/identities.ts';
import { assignEntitySlots } from './assign-entity-slots.ts';
import type { DraftConversion } from './check-conversions.ts';
import { defaultOptions } from './default-options.ts';
import type { FieldDocument, FieldOptions } from './document.ts';
import type { Draft, DraftEntity } from './draft.ts';
import type { ResultTypes } from './formula/check-computed.ts';
import { withStorageKeys } from './formula/computed-rows.ts';
import { groupBy } from './group-by.ts';
import type { ResolvedInverse } from './inverses.ts';
import type { Limits } from './limits.ts';
import { matchField } from './match-field.ts';
import type { Conversion, Entity, Field, Registry } from './model.ts';
import { proposeLabel, proposePlural } from './names.ts';
import type { ProblemList } from './problem-list.ts';
import { mapInSteps, type Steps } from './steps.ts';
import { fieldStorageKeys, type RetiredKeys, StorageKeys } from './storage-keys.ts';
import type { StoredField, StoredRegistry, StoredUniqueKey } from './stored-registry.ts';

export interface StorageContext {
  readonly identities: Identities;
  /** The version that this will be; null where it is not known. */
  readonly version: number | null;
  readonly current: Registry | undefined;
  readonly retired: RetiredKeys | undefined;
  readonly populated: ReadonlySet<string>;
  readonly limits: Limits;
  readonly problems: ProblemList;
  readonly resultTypes: ResultTypes;
  readonly conversions: readonly DraftConversion[];
}

/**
 * The rows of the registry that the draft describes, all defaults filled in, view names still empty. What has the key
 * of something that is there today goes on with its storage key and slot.
 */
export function* assignStorage(
  draft: Draft,
  inverses: readonly ResolvedInverse[],
  context: StorageContext,
): Steps<StoredRegistry> {
  const { current, retired, problems, identities } = context;
  const storageKeys = new StorageKeys(retired?.entities ?? [], current?.entityByStorageKey.keys() ?? []);
  const inversesOf = groupBy(inverses, (inverse) => inverse.source);
  const parts = yield* mapInSteps(draft.entities, (entity, position) => {
    const today = identities.entityOf(entity.key);
    const storageKey = identities.storageKeyOfEntity(entity.key) ?? storageKeys.take(entity.key);
    const waysBack = inversesOf.get(entity.key) ?? [];
    const fields = storeFields(entity, storageKey, today, waysBack, context);
    const slots = assignEntitySlots(entity, fields, today, context.populated.has(storageKey), context);
    return { entityType: storeEntity(entity, storageKey, position, today, context), ...slots };
  });
  const stored = {
    entityTypes: parts.map((part) => part.entityType),
    fields: parts.flatMap((part) => part.fields),
    uniqueKeys: parts.flatMap((part): readonly StoredUniqueKey[] => part.uniqueKeys),
  };
  // Names that lead nowhere are problems already, and nothing of a document with problems is stored.
  return problems.count > 0 ? stored : withStorageKeys(stored);
}

function storeEntity(
  { key, document }: DraftEntity,
  storageKey: string,
  position: number,
  today: Entity | undefined,
  { version }: StorageContext,
) {
  const { plural = proposePlural(key), label = proposeLabel(key), description = '' } = document;
  const { softDelete, searchable } = document;
  const history = storeHistory({ ...document, aliases: keepTypeNames(document, today) }, today, version);
  const options = { ...(softDelete && { softDelete }), ...(searchable && { searchable }), ...history };
  return { storageKey, key, plural, label, description, position, options, viewName: '' };
}

/** Whichever of its names is the key now, an entity's types go on with theirs for as long as it is among them. */
function keepTypeNames(
  { key, aliases = [] }: DraftEntity['document'],
  today: Entity | undefined,
): readonly EntityAliasDocument[] {
  const called = today && (today.aliases.find(({ later }) => !later)?.key ?? today.key);
  const place = called === key ? aliases.length : aliases.findIndex((alias) => alias.key === called);
  return aliases.map(({ later, ...alias }, index) =>
    index < place || (later && index !== place) ? { ...alias, later: true } : alias,
  );
}

function storeFields(
  entity: DraftEntity,
  entityType: string,
  today: Entity | undefined,
  inverses: readonly ResolvedInverse[],
  { current, retired, populated, problems, identities, version, conversions }: StorageContext,
): readonly StoredField[] {
  const taken = fieldStorageKeys(
    retired?.fields.get(entityType) ?? [],
    today?.allFields.map(({ storageKey }) => storageKey) ?? [],
  );
  const inverseOf = new Map(inverses.map((one) => [one.field, one.inverse]));
  const stored = entity.fields.flatMap((field, position) => {
    const same = matchField(field, entity.key, identities, current, populated.has(entityType), problems);
    if (field.document === null) {
      return [];
    }
    const returning = identities.returningFieldOf(entity.key, field.key);
    const storageKey = same?.storageKey ?? returning ?? taken.take(field.key);
    const history = storeHistory(field.document, same ?? undefined, version);
    const options = { ...fillOptions(field.document, inverseOf.get(field.key) ?? null), ...history };
    return [{ row: storeField(field.document, entityType, storageKey, options, position), same }];
  });
  const asked = new Map(
    conversions.filter((one) => one.entity === entity).map((one) => [one.field.key, one]),
  );
  const storageKeyOf = new Map(stored.map(({ row }) => [row.key, row.storageKey]));
  return stored.map(({ row, same }) => {
    const contracted = identities.contractedFrom(entity.key, row.key);
    const conversion = storeConversion(asked.get(row.key), storageKeyOf, same, contracted);
    return conversion ? { ...row, options: { ...row.options, conversion } } : row;
  });
}

/** The other field is remembered when it is gone: its values are not those of today, so it must never come back. */
function storeConversion(
  asked: DraftConversion | undefined,
  storageKeyOf: ReadonlyMap<string, string>,
  same: Field | null,
  contracted: string | undefined,
): Conversion | null {
  const from = asked && storageKeyOf.get(asked.source.key);
  if (asked && from !== undefined) return { from, state: asked.state, allowLoss: asked.allowLoss };
  if (same?.conversion) return { ...same.conversion, state: 'contracted' };
  return contracted === undefined ? null : { from: contracted, state: 'contracted', allowLoss: false };
}

function storeField(
  document: FieldDocument,
  entityType: string,
  storageKey: string,
  options: StoredField['options'],
  position: number,
): StoredField {
  const {
    key,
    label = proposeLabel(key),
    description = '',
    type,
    required = false,
    indexed = false,
  } = document;
  return {
    entityType,
    storageKey,
    key,
    label,
    description,
    type,
    required,
    isUnique: document.unique ?? false,
    indexed,
    defaultValue: document.default ?? null,
    options,
    position,
    slot: null,
    slotState: 'ready',
  };
}

function fillOptions({ type, options = {} }: FieldDocument, inverse: string | null): FieldOptions {
  const filled = { ...defaultOptions(type, options), ...options };
  return type === 'link' || type === 'links' ? { ...filled, inverse } : filled;
}

/** An alias keeps the version that made it one; what is new is noted with this one. */
function storeHistory(
  { aliases = [], deprecated }: StoredHistory,
  today: Pick<Entity | Field, 'aliases'> | undefined,
  version: number | null,
): StoredHistory {
  const known = new Map(today?.aliases.map(({ key, since }) => [key, since] as const));
  const stored = aliases.map(({ since: said, ...alias }): EntityAliasDocument => {
    const since = known.has(alias.key) ? known.get(alias.key) : (said ?? version);
    return since == null ? alias : { ...alias, since };
  });
  return { ...(stored.length > 0 && { aliases: stored }), ...(deprecated && { deprecated }) };
}
