import { withoutDefaults } from './default-options.ts';
import type { EntityDocument, FieldDocument, KeyDocument, RegistryDocument } from './document.ts';
import type { Entity, Field, Registry, UniqueKey } from './model.ts';
import { proposeLabel, proposePlural } from './names.ts';
import { toRoleDocument } from './roles/to-role-document.ts';
import { toAliasDocuments } from './stored-registry.ts';

/**
 * The document of a registry, without what holds anyway. Applied to the same registry it changes nothing. The inverse
 * of a link is always said: proposals depend on what else there is.
 */
export function toDocument(registry: Registry): RegistryDocument {
  const roles = registry.roles.map((role) => toRoleDocument(registry, role));
  return {
    formwork: 1,
    entities: registry.entities.map(toEntityDocument),
    ...(roles.length > 0 && { roles }),
  };
}

function toEntityDocument(entity: Entity): EntityDocument {
  const { key, plural, label, description, softDelete, searchable } = entity;
  const keys = entity.keys.filter((one) => !entity.fieldByKey.get(one.key)?.unique).map(toKeyDocument);
  return {
    key,
    ...(plural !== proposePlural(key) && { plural }),
    ...(label !== proposeLabel(key) && { label }),
    ...(description !== '' && { description }),
    fields: entity.allFields.map((field) => toFieldDocument(entity, field)),
    ...(keys.length > 0 && { keys }),
    ...(softDelete && { softDelete }),
    ...(searchable.length > 0 && { searchable }),
    ...historyOf(entity),
  };
}

function toFieldDocument(entity: Entity, field: Field): FieldDocument {
  const { key, label, description, type, required, unique, indexed } = field;
  const options = withoutDefaults(type, field.options);
  return {
    key,
    ...(label !== proposeLabel(key) && { label }),
    ...(description !== '' && { description }),
    type,
    ...(required && { required }),
    ...(unique && { unique }),
    ...(indexed && { indexed }),
    ...(field.default !== undefined && { default: field.default }),
    ...(Object.keys(options).length > 0 && { options }),
    ...historyOf(field),
    ...convertedFrom(entity, field),
  };
}

function historyOf({ aliases, deprecated }: Entity | Field) {
  return {
    ...(aliases.length > 0 && { aliases: toAliasDocuments(aliases) }),
    ...(deprecated && { deprecated }),
  };
}

/** Nothing any more once the other field is gone. */
function convertedFrom({ allFields }: Entity, { conversion }: Field): Pick<FieldDocument, 'convertedFrom'> {
  const from = allFields.find(({ storageKey }) => storageKey === conversion?.from);
  if (!from || !conversion || conversion.state === 'contracted') return {};
  return { convertedFrom: { field: from.key, ...(conversion.allowLoss && { allowLoss: true }) } };
}

function toKeyDocument({ key, fields, nullsEqual, caseInsensitive }: UniqueKey): KeyDocument {
  return {
    key,
    fields: fields.map((field) => field.key),
    ...(nullsEqual && { nullsEqual }),
    ...(caseInsensitive && { caseInsensitive }),
  };
}
