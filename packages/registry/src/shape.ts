import { createHash } from 'node:crypto';
import { canonicalJson, hashOfList, updateByList } from './canonical-json.ts';
import type { FieldOptions } from './document.ts';
import type { Computed } from './formula/computation.ts';
import type { Entity, Field, Inverse, Registry, Slot, UniqueKey } from './model.ts';
import { isGivenByClients, mayDo, mayWrite } from './roles/rights.ts';
import type { Role } from './roles/role.ts';
import type { Steps } from './steps.ts';

type Entities = Pick<Registry, 'entities' | 'entityByKey' | 'entityByStorageKey'>;

/** sha256 of exactly what the SDL shows: tenants of one API shape share a `GraphQLSchema`. */
export function apiShapeOf(registry: Entities): Steps<string> {
  return hashOfList(lazily(registry, apiOf));
}

/** sha256 of what compiled SQL and validators depend on; labels and descriptions are no part of it. */
export function* planShapeOf(registry: Entities, roles: readonly Role[] = []): Steps<string> {
  const plans = lazily(registry, planOf);
  if (roles.length === 0) return yield* hashOfList(plans);
  // Descriptions of roles are shown by no SDL, and yet a change of one makes another registry.
  const hash = createHash('sha256').update('[');
  yield* updateByList(hash, plans);
  return hash.update(`,${canonicalJson(roles)}]`).digest('hex');
}

function* lazily(
  registry: Entities,
  describe: (entity: Entity, registry: Entities) => unknown,
): Iterable<unknown> {
  for (const entity of registry.entities) yield describe(entity, registry);
}

/* Lists rather than objects: there is nothing to sort in them, so hashing takes a fifth of the time (10,000 fields). */

function apiOf(entity: Entity, registry: Entities): unknown {
  const { names, label, description, softDelete, searchable, keys } = entity;
  return [
    [names.type, names.single, names.plural, label, description, softDelete, searchable.length > 0],
    entity.fields.map((field) => apiOfField(field, registry)),
    keys.filter((key) => key.slot.state === 'ready').map(apiOfKey),
    entity.inverses.map((inverse) => apiOfInverse(inverse, registry)),
    ...writesOf(entity),
    ...historyOf(entity),
  ];
}

/** Empty where everything may be written: so a role that may do everything shares the schema of those without one. */
function writesOf(entity: Entity): readonly unknown[] {
  const fieldsOf = (action: 'create' | 'update') =>
    mayDo(entity, action)
      ? entity.fields.filter((field) => mayWrite(entity, action, field)).map((field) => field.name)
      : null;
  const all = entity.fields.filter(isGivenByClients).length;
  const [create, remove] = [fieldsOf('create'), mayDo(entity, 'delete')];
  // A record may be created without any field; an update of none is not offered, whether it would be allowed or not.
  const update = fieldsOf('update') ?? [];
  return create?.length === all && update.length === all && remove ? [] : [[create, update, remove]];
}

function apiOfField(field: Field, { entityByKey }: Entities): unknown {
  const { name, label, description, type, required, choices, options } = field;
  // An input may leave out what has a default, whichever it is.
  const hasDefault = field.default !== undefined;
  // `allowedTransitions` has a field for it.
  const hasTransitions = options.transitions !== undefined;
  const target = options.target === undefined ? null : entityByKey.get(options.target)?.names.type;
  const values = choices.map(({ name: value, deprecated, ...choice }) => [
    value,
    choice.label,
    choice.description,
    ...(deprecated ? [deprecated] : []),
  ]);
  const shown = field.computed && [field.computed.type, enumOf(field.computed.source, entityByKey)];
  return [
    name,
    label,
    description,
    type,
    required,
    hasDefault,
    hasTransitions,
    target,
    values,
    ...(shown ? [shown] : []),
    ...historyOf(field),
  ];
}

/** Former names and deprecations, where there are any. */
function historyOf(thing: Entity | Field): readonly unknown[] {
  const { key, deprecated } = thing;
  const replacedBy = 'replacedBy' in thing && thing.replacedBy !== null ? [thing.replacedBy] : [];
  // An entity's names above are those of its oldest alias.
  return deprecated || thing.aliases.length > 0 || replacedBy.length > 0
    ? [['served', key, 'plural' in thing && thing.plural, aliasesOf(thing), deprecated, ...replacedBy]]
    : [];
}

function aliasesOf({ aliases }: Entity | Field): readonly unknown[] {
  return aliases.length > 0 ? [aliases.map((alias) => [alias.key, 'plural' in alias && alias.plural])] : [];
}

/** A lookup of a choice is of the enum of the field that it shows. */
function enumOf(source: Computed['source'], entityByKey: Entities['entityByKey']): unknown {
  return source && [entityByKey.get(source.entity)?.names.type, source.field];
}

function apiOfInverse({ name, source, field }: Inverse, { entityByStorageKey }: Entities): unknown {
  const entity = entityByStorageKey.get(source);
  return [name, entity?.names.type, entity?.fieldByStorageKey.get(field)?.name];
}

function apiOfKey({ name, rootName, fields, nullsEqual }: UniqueKey): unknown {
  // Where nulls are equal, the arguments of the root field are nullable.
  return [name, rootName, fields.map((field) => field.name), nullsEqual];
}

function planOf(entity: Entity, registry: Entities): unknown {
  const { key, storageKey, viewName, names, softDelete, searchable, keys, inverses } = entity;
  return [
    [key, storageKey, viewName, names.type, names.single, names.plural, softDelete, searchable],
    entity.allFields.map((field) => planOfField(field, registry)),
    keys.map(planOfKey),
    inverses.map((inverse) => [inverse.name, inverse.source, inverse.field]),
    ...aliasesOf(entity),
  ];
}

function planOfField(field: Field, { entityByKey }: Entities): unknown {
  const { key, name, type, storageKey, required, indexed, options, choices, slot } = field;
  const target = options.target === undefined ? null : entityByKey.get(options.target)?.storageKey;
  return [
    [key, name, type, storageKey, required, indexed, planOfSlot(slot), field.default, target],
    choices.map((choice) => choice.key),
    planOfOptions(options),
    ...(field.computed ? [field.computed] : []),
    ...aliasesOf(field),
    ...(field.conversion ? [['converted', field.conversion]] : []),
  ];
}

/** What is told in other ways is left out: targets and ways back by what they lead to, choices without labels. */
function planOfOptions(options: FieldOptions): unknown {
  return Object.entries(options)
    .filter(([name]) => name !== 'target' && name !== 'inverse' && name !== 'choices')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function planOfKey({ key, name, rootName, fields, nullsEqual, caseInsensitive, slot }: UniqueKey): unknown {
  const parts = fields.map((field) => field.storageKey);
  return [key, name, rootName, parts, nullsEqual, caseInsensitive, planOfSlot(slot)];
}

function planOfSlot(slot: Slot | null): unknown {
  return slot === null ? null : [slot.column, slot.state];
}
