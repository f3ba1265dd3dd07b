import {
  type Entity,
  type Field,
  fieldTypeRule,
  type Registry,
  resultType,
  slotsPerKind,
  type UniqueKey,
} from '@formwork/registry';
import { compileConversions } from './conversions/compile-conversions.ts';
import { conversionsOf } from './conversions/conversions-of.ts';
import { pathTo } from './data-access.ts';
import { compileFormulas, storedFormulas } from './stored/compile-formulas.ts';
import { noRollups, rolledUpEntities, rollupsOf } from './stored/compile-rollups.ts';
import { storedTypes } from './stored-types.ts';

/** A row of formwork.entity_storage. Arrays are indexed by slot number, less one. */
export interface EntityStorageRow {
  readonly entityType: string;
  readonly shape: string;
  readonly checks: readonly FieldCheck[];
  readonly textKeys: readonly (string | null)[];
  readonly textExact: readonly boolean[];
  readonly numberKeys: readonly (string | null)[];
  readonly timeKeys: readonly (string | null)[];
  /** u1 to u4: for each part its kind and storage key, or null. */
  readonly uniqueKeys: readonly (readonly KeyPart[] | null)[];
  readonly nullsEqual: readonly boolean[];
  readonly linkKeys: readonly (string | null)[];
  /** Storage keys of the entities that the links lead to. */
  readonly linkTargets: readonly (string | null)[];
  readonly autonumbers: readonly string[];
  readonly softDelete: boolean;
  /** By storage key; null where no field has any. */
  readonly transitions: Readonly<Record<string, FieldTransitions>> | null;
  /** Storage keys of the searchable fields, in the designer's order; null where there are none. */
  readonly searchKeys: readonly string[] | null;
  /** Name of the function that computes the stored formulas, and their storage keys. */
  readonly formulas: string | null;
  readonly formulaKeys: readonly string[];
  /** Storage keys of rollups, and what they are while nothing links to the record. */
  readonly rollupKeys: readonly string[];
  readonly noRollups: Readonly<Record<string, number>>;
  /** Whether it has rollups, or its records are rolled up. */
  readonly isRolledUp: boolean;
  /** Name of the function that keeps fields and those that take their places alike. */
  readonly conversions: string | null;
  readonly convertedKeys: readonly string[];
}

/** Which choice may be the first, and which may follow which; absent: any. Keys of choices. */
export interface FieldTransitions {
  readonly initial?: readonly string[];
  readonly next?: Readonly<Record<string, readonly string[]>>;
}

/** How a part of a unique key becomes text ("fold" ignores case), and its storage key. */
export type KeyPart = readonly [kind: 'fold' | 'exact', storageKey: string];

export interface FieldCheck {
  /** Storage key. */
  readonly field: string;
  /** jsonpath predicate over `data`, true where the field is as it should be. */
  readonly path: string;
}

/** What the triggers of `records` need to know of an entity. */
export function compileEntityStorage(registry: Registry, entity: Entity): EntityStorageRow {
  const checks = entity.fields.flatMap(compileCheck);
  const at = (kind: 't' | 'n' | 'd' | 'l') => {
    const fields = new Map(entity.allFields.map((field) => [field.slot?.column, field]));
    return slotColumns(kind).map((column) => fields.get(column) ?? null);
  };
  const keys = new Map(entity.keys.map((key) => [key.slot.column, key]));
  const uniqueSlots = slotColumns('u').map((column) => keys.get(column) ?? null);
  const links = at('l');
  const rollupKeys = rollupsOf(entity).map(({ key }) => key);
  return {
    entityType: entity.storageKey,
    shape: ['$.type() == "object"', ...checks.map(({ path }) => path)]
      .map((path) => `(${path})`)
      .join(' && '),
    checks,
    textKeys: at('t').map(storageKeyOf),
    textExact: at('t').map(
      (field) => field !== null && fieldTypeRule(resultType(field)).encoding === 'exact',
    ),
    numberKeys: at('n').map(storageKeyOf),
    timeKeys: at('d').map(storageKeyOf),
    uniqueKeys: uniqueSlots.map((key) => (key === null ? null : keyParts(key))),
    nullsEqual: uniqueSlots.map((key) => key?.nullsEqual ?? false),
    linkKeys: links.map(storageKeyOf),
    linkTargets: links.map((field) => field && targetOf(registry, field)),
    autonumbers: entity.fields
      .filter(({ type }) => type === 'autonumber')
      .map(({ storageKey }) => storageKey),
    softDelete: entity.softDelete,
    transitions: compileTransitions(entity),
    searchKeys: compileSearchKeys(entity),
    formulas: compileFormulas(entity)?.name ?? null,
    formulaKeys: storedFormulas(entity).map(({ field }) => field.storageKey),
    rollupKeys,
    noRollups: noRollups(entity),
    isRolledUp: rollupKeys.length > 0 || rolledUpEntities(registry).has(entity.storageKey),
    conversions: compileConversions(entity)?.name ?? null,
    convertedKeys: conversionsOf(entity).map(({ source }) => source.storageKey),
  };
}

function compileTransitions({ fields }: Entity): EntityStorageRow['transitions'] {
  const rules = fields.flatMap(({ storageKey, options: { initial, transitions } }) =>
    initial || transitions
      ? [[storageKey, { ...(initial && { initial }), ...(transitions && { next: transitions }) }] as const]
      : [],
  );
  return rules.length === 0 ? null : Object.fromEntries(rules);
}

function compileSearchKeys({ fields, searchable }: Entity): EntityStorageRow['searchKeys'] {
  const storageKeys = new Map(fields.map(({ key, storageKey }) => [key, storageKey]));
  const searchKeys = searchable.flatMap((key) => storageKeys.get(key) ?? []);
  return searchKeys.length === 0 ? null : searchKeys;
}

/** Storage key of the entity that a link leads to. */
export function targetOf(registry: Registry, field: Field): string {
  const target = registry.entityByKey.get(field.options.target ?? '');
  if (target === undefined) {
    throw new Error(
      `The link "${field.key}" leads to "${field.options.target}", which is no entity of the registry`,
    );
  }
  return target.storageKey;
}

function compileCheck(field: Field): FieldCheck[] {
  const type = storedTypes[field.computed?.stored ? field.computed.type : field.type];
  if (type === null) return [];
  const path = pathTo(field.storageKey);
  const condition = type.condition(path, field);
  // Null is a value in jsonpath, so one that is stored is refused: absent is the only form of "no value".
  const isRequired = field.required || field.type === 'autonumber';
  const present = isRequired ? `exists(${path})` : `!exists(${path})`;
  return [{ field: field.storageKey, path: `${present} ${isRequired ? '&&' : '||'} ${condition}` }];
}

function keyParts({ fields, caseInsensitive }: UniqueKey): KeyPart[] {
  return fields.map(({ type, storageKey }) => {
    const isFolded = caseInsensitive && fieldTypeRule(type).encoding === 'folded';
    return [isFolded ? 'fold' : 'exact', storageKey];
  });
}

function slotColumns(kind: keyof typeof slotsPerKind): string[] {
  return Array.from({ length: slotsPerKind[kind] }, (_, index) => `${kind}${index + 1}`);
}

function storageKeyOf(field: Field | null): string | null {
  return field?.storageKey ?? null;
}
