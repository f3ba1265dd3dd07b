import { canonicalJson } from '../canonical-json.ts';
import { isObject } from '../check-json.ts';
import { copiedFrom } from '../copied-default.ts';
import type { FieldOptions, RegistryDocument } from '../document.ts';
import { mapExpression } from '../formula/map-expression.ts';
import type { PermissionDocument, RightDocument, RowRule } from '../roles/role-document.ts';
import { nameOf } from './change-log.ts';
import type { WorkingDocument, WorkingEntity, WorkingField } from './working-document.ts';

/** What the mentions of entities and fields are to be, by what they are; `user` says who mentions them. */
export interface ReferenceNames {
  entity(key: string, user: string): string;
  field(entity: string, key: string, user: string): string;
}

/** Rewrites every mention of an entity or a field in the document. Their own keys are not mentions. */
export function mapReferences(document: WorkingDocument, names: ReferenceNames): void {
  // All of it is read before any of it is written: a path leads over fields as they are called until now.
  const writes = [
    ...document.entities.flatMap((entity) => mapEntity(document, entity, names)),
    mapRoles(document, names),
  ];
  for (const write of writes) write();
}

type Write = () => void;

function mapEntity(
  document: WorkingDocument,
  entity: WorkingEntity,
  names: ReferenceNames,
): readonly Write[] {
  const { key: own, deprecated, searchable } = entity;
  const keys = entity.keys.map((key): Write => {
    const user = `the unique key ${nameOf(own, key.key)}`;
    const fields = key.fields.map((field) => names.field(own, field, user));
    return () => {
      key.fields = fields;
    };
  });
  const found = searchable?.map((field) => names.field(own, field, `the search of "${own}"`));
  const replacement = deprecated?.replacement;
  const user = `the deprecation of "${own}"`;
  const renamed = replacement === undefined ? undefined : names.entity(replacement, user);
  return [
    ...keys,
    () => {
      if (found) entity.searchable = found;
      if (deprecated && renamed !== undefined) entity.deprecated = { ...deprecated, replacement: renamed };
    },
    ...entity.fields.map((field) => mapField(document, entity, field, names)),
  ];
}

function mapField(
  document: WorkingDocument,
  entity: WorkingEntity,
  field: WorkingField,
  names: ReferenceNames,
): Write {
  const name = nameOf(entity.key, field.key);
  const options = field.options && mapOptions(document, entity, field, field.options, names);
  const from = copiedFrom(field.type, field.default);
  const copied = from && {
    link: names.field(entity.key, from.link, `the default of ${name}`),
    field: names.field(targetOf(document, entity.key, from.link) ?? '', from.field, `the default of ${name}`),
  };
  const { deprecated, convertedFrom } = field;
  // No need of it: where the one is removed, the other goes on without.
  const source = convertedFrom && names.field(entity.key, convertedFrom.field, '');
  const replacement =
    deprecated?.replacement && names.field(entity.key, deprecated.replacement, `the deprecation of ${name}`);
  return () => {
    if (options) field.options = options;
    if (copied) field.default = { from: `${copied.link}.${copied.field}` };
    if (convertedFrom && source) field.convertedFrom = { ...convertedFrom, field: source };
    if (deprecated && replacement) field.deprecated = { ...deprecated, replacement };
  };
}

function mapOptions(
  document: WorkingDocument,
  entity: WorkingEntity,
  { key, type }: WorkingField,
  options: FieldOptions,
  names: ReferenceNames,
): FieldOptions {
  const user = `the ${type} ${nameOf(entity.key, key)}`;
  const { target, via, field, expression, filter } = options;
  const expressions = {
    field: (place: string, name: string) => names.field(place, name, user),
    target: (place: string, name: string) => targetOf(document, place, name),
  };
  const behind = via === undefined ? undefined : targetOf(document, entity.key, via);
  return {
    ...options,
    ...(target !== undefined && { target: names.entity(target, user) }),
    ...(via !== undefined && { via: names.field(entity.key, via, user) }),
    ...(field !== undefined && behind !== undefined && { field: names.field(behind, field, user) }),
    ...(typeof filter === 'string' &&
      behind !== undefined && { filter: mapExpression(filter, behind, expressions) }),
    ...(expression !== undefined && { expression: mapExpression(expression, entity.key, expressions) }),
  };
}

/** The entity behind a link, links or a way back. */
function targetOf(document: WorkingDocument, entityKey: string, key: string): string | undefined {
  const entity = document.entities.find((one) => one.key === entityKey);
  const forward = entity?.fields.find((field) => field.key === key)?.options?.target;
  if (forward !== undefined) return forward;
  return document.entities.find(({ fields }) =>
    fields.some(({ options }) => options?.target === entityKey && options.inverse === key),
  )?.key;
}

function mapRoles(document: WorkingDocument, names: ReferenceNames): Write {
  const roles: RegistryDocument['roles'] = document.roles?.map((role) => {
    const user = `the role "${role.key}"`;
    const permissions = role.permissions.map((one) => mapPermission(document, one, names, user));
    // One in which nothing is renamed stays the object that a change has put there.
    return canonicalJson(permissions) === canonicalJson(role.permissions) ? role : { ...role, permissions };
  });
  return () => {
    document.roles = roles;
  };
}

function mapPermission(
  document: WorkingDocument,
  permission: PermissionDocument,
  names: ReferenceNames,
  user: string,
): PermissionDocument {
  const { entity } = permission;
  // "*" speaks of no entity.
  if (!/^[a-z]/.test(entity)) return permission;
  const map = (right: boolean | RightDocument | undefined) => {
    if (typeof right !== 'object') return right;
    const { fields, where } = right;
    return {
      ...right,
      ...(fields && { fields: fields.map((field) => names.field(entity, field, user)) }),
      ...(where && { where: mapRule(document, entity, where, names, user) }),
    };
  };
  const { read, create, update, delete: remove } = permission;
  return {
    entity: names.entity(entity, user),
    ...(read !== undefined && { read: map(read) as boolean | RightDocument }),
    ...(create !== undefined && { create: map(create) as boolean | RightDocument }),
    ...(update !== undefined && { update: map(update) as boolean | RightDocument }),
    ...(remove !== undefined && { delete: map(remove) as boolean | RightDocument }),
  };
}

/** A filter with fields by key, in rules of roles. What is not known in it stays as it is. */
function mapRule(
  document: WorkingDocument,
  entity: string,
  rule: RowRule,
  names: ReferenceNames,
  user: string,
): RowRule {
  const deeper = (place: string, part: unknown): unknown => {
    if (Array.isArray(part)) return part.map((item: unknown) => deeper(place, item));
    return isObject(part) ? mapRule(document, place, part, names, user) : part;
  };
  return Object.fromEntries(
    Object.entries(rule).map(([name, operand]) => {
      if (logical.has(name)) return [name, deeper(entity, operand)];
      const target = targetOf(document, entity, name);
      const mapped = target === undefined ? operand : deeper(target, operand);
      return [names.field(entity, name, user), mapped];
    }),
  );
}

/** Words of filters that are no fields; no field has such a name. */
const logical: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'some',
  'every',
  'none',
  'where',
  'isNull',
]);
