import { didYouMean } from '../did-you-mean.ts';
import type { Entity, Registry } from '../model.ts';
import { proposeLabel } from '../names.ts';
import type { ProblemList } from '../problem-list.ts';
import { quote } from '../quote.ts';
import type { Steps } from '../steps.ts';
import { checkRule } from './check-rule.ts';
import { seenEntities } from './project-registry.ts';
import type { DraftRole } from './read-roles.ts';
import { isGivenByClients, mayWrite } from './rights.ts';
import type { Permission, Right, Role } from './role.ts';
import {
  type Action,
  actions,
  everyEntity,
  type PermissionDocument,
  type RightDocument,
} from './role-document.ts';
import { renameRule } from './row-rule.ts';

/** The roles with everything named by storage keys, once all that they speak of is known to be there. */
export function* checkRoles(
  registry: Registry,
  drafts: readonly DraftRole[],
  problems: ProblemList,
): Steps<readonly Role[]> {
  const roles: Role[] = [];
  for (const { path, document } of drafts) {
    const before = problems.count;
    document.permissions.forEach((permission, index) => {
      checkPermission(registry, permission, `${path}.permissions[${index}]`, problems);
    });
    if (problems.count > before) {
      continue;
    }
    const { key, label = proposeLabel(key), description = '', permissions } = document;
    const role = {
      key,
      label,
      description,
      permissions: permissions.map((one) => toPermission(registry, one)),
    };
    yield* checkCreation(registry, role, document.permissions, path, problems);
    roles.push(role);
  }
  return roles;
}

function checkPermission(
  registry: Registry,
  permission: PermissionDocument,
  path: string,
  problems: ProblemList,
): void {
  if (permission.entity === everyEntity) {
    return;
  }
  const entity = registry.entityByKey.get(permission.entity);
  if (entity === undefined) {
    const message = () =>
      `There is no entity ${quote(permission.entity)}.${didYouMean(permission.entity, registry.entityByKey.keys())}`;
    problems.add('TARGET_MISSING', `${path}.entity`, message);
    return;
  }
  for (const action of actions) {
    const right = permission[action];
    if (typeof right === 'object') {
      checkRight(registry, entity, action, permission, right, `${path}.${action}`, problems);
    }
  }
}

function checkRight(
  registry: Registry,
  entity: Entity,
  action: Action,
  permission: PermissionDocument,
  { fields = [], where }: RightDocument,
  path: string,
  problems: ProblemList,
): void {
  const readable = typeof permission.read === 'object' ? permission.read.fields : undefined;
  for (const [index, key] of fields.entries()) {
    const at = `${path}.fields[${index}]`;
    const field = entity.fieldByKey.get(key);
    if (field === undefined) {
      const message = () =>
        `The entity ${quote(entity.key)} has no field ${quote(key)}.${didYouMean(key, entity.fieldByKey.keys())}`;
      problems.add('FIELD_MISSING', at, message);
    } else if (action !== 'read' && !isGivenByClients(field)) {
      const message = `The field ${quote(key)} of type "${field.type}" is written by nobody. Remove it.`;
      problems.add('PERMISSION_INVALID', at, message);
    } else if (action !== 'read' && readable !== undefined && !readable.includes(key)) {
      const message = `The field ${quote(key)} may be written and not read. Add it to the fields of "read".`;
      problems.add('PERMISSION_INVALID', at, message);
    }
  }
  if (where !== undefined) {
    checkRule(registry, entity, where, `${path}.where`, problems);
  }
}

/** A role that may create records must be able to give what they need. */
function* checkCreation(
  registry: Registry,
  role: Role,
  permissions: readonly PermissionDocument[],
  path: string,
  problems: ProblemList,
): Steps<void> {
  const entities = yield* seenEntities(registry, role);
  const seenByKey = new Map(entities.map((entity) => [entity.key, entity]));
  for (const [index, { entity: key }] of permissions.entries()) {
    const [whole, seen] = [registry.entityByKey.get(key), seenByKey.get(key)];
    if (!whole || !seen?.access?.create) {
      continue;
    }
    const needed = whole.fields.find(
      (field) =>
        field.required &&
        field.default === undefined &&
        isGivenByClients(field) &&
        !mayWrite(seen, 'create', field),
    );
    if (needed) {
      const message = `The role ${quote(role.key)} may create ${quote(key)} and not give its required field ${quote(needed.key)}. Permit the field (and what it leads to), or give it a default.`;
      problems.add('PERMISSION_INVALID', `${path}.permissions[${index}].create`, message);
    }
  }
}

function toPermission(registry: Registry, permission: PermissionDocument): Permission {
  const entity = registry.entityByKey.get(permission.entity);
  const right = (action: Action) => toRight(registry, entity, permission[action]);
  return {
    entity: entity?.storageKey ?? everyEntity,
    ...{ read: right('read'), create: right('create'), update: right('update'), delete: right('delete') },
  };
}

function toRight(
  registry: Registry,
  entity: Entity | undefined,
  right: boolean | RightDocument | undefined,
): Right | null {
  if (right === undefined || right === false) {
    return null;
  }
  if (right === true || entity === undefined) {
    return { fields: null, where: null };
  }
  const { fields, where } = right;
  return {
    fields: fields?.flatMap((key) => entity.fieldByKey.get(key)?.storageKey ?? []) ?? null,
    where: where ? renameRule(registry, entity, where, 'key', 'storage') : null,
  };
}
