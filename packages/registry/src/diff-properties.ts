import type { Entity, Field, UniqueKey } from './model.ts';
import { proposePlural } from './names.ts';
import type { RoleDocument } from './roles/role-document.ts';

/* What of a thing the designer says, by the name under which a difference is told. */

export function propertiesOfEntity(entity: Entity) {
  const { key, plural, label, description, softDelete, searchable, deprecated } = entity;
  return { key, plural, label, description, softDelete, searchable, deprecated, ...aliasesOf(entity) };
}

export function propertiesOfField(field: Field) {
  const { key, label, description, required, unique, indexed, deprecated, conversion } = field;
  const options = Object.entries(field.options).map(([name, value]) => [`options.${name}`, value]);
  return {
    ...{ key, label, description, required, unique, indexed, default: field.default, deprecated },
    ...aliasesOf(field),
    ...(conversion && { conversion: conversion.state, 'convertedFrom.allowLoss': conversion.allowLoss }),
    ...(Object.fromEntries(options) as Readonly<Record<string, unknown>>),
  };
}

export function propertiesOfKey({ fields, nullsEqual, caseInsensitive }: UniqueKey) {
  return { fields: fields.map((field) => field.key), nullsEqual, caseInsensitive };
}

export function propertiesOfRole({ label, description, permissions }: RoleDocument) {
  return { label, description, permissions };
}

function aliasesOf({ aliases }: Entity | Field) {
  const names = aliases.map(({ key, ...alias }) =>
    'plural' in alias && alias.plural !== proposePlural(key) ? { key, plural: alias.plural } : key,
  );
  return { aliases: names };
}
