import type { Entity, Registry } from '../model.ts';
import { proposeLabel } from '../names.ts';
import type { Permission, Right, Role } from './role.ts';
import {
  actions,
  everyEntity,
  type PermissionDocument,
  type RightDocument,
  type RoleDocument,
} from './role-document.ts';
import { renameRule } from './row-rule.ts';

/** A role as a document has it, in the keys of today. */
export function toRoleDocument(
  registry: Registry,
  { key, label, description, permissions }: Role,
): RoleDocument {
  return {
    key,
    ...(label !== proposeLabel(key) && { label }),
    ...(description !== '' && { description }),
    permissions: permissions.map((permission) => toPermissionDocument(registry, permission)),
  };
}

function toPermissionDocument(registry: Registry, permission: Permission): PermissionDocument {
  const entity = registry.entityByStorageKey.get(permission.entity);
  const rights = actions.flatMap((action) => {
    const right = permission[action];
    return right === null ? [] : [[action, toRightDocument(registry, entity, right)] as const];
  });
  return { entity: entity?.key ?? everyEntity, ...Object.fromEntries(rights) };
}

function toRightDocument(
  registry: Registry,
  entity: Entity | undefined,
  { fields, where }: Right,
): true | RightDocument {
  if (entity === undefined || (fields === null && where === null)) {
    return true;
  }
  return {
    ...(fields && { fields: fields.flatMap((one) => entity.fieldByStorageKey.get(one)?.key ?? []) }),
    ...(where && { where: renameRule(registry, entity, where, 'storage', 'key') }),
  };
}
