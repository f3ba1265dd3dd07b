import { keyProblem } from '../keys.ts';
import type { Limits } from '../limits.ts';
import { ObjectReader } from '../object-reader.ts';
import type { ProblemList } from '../problem-list.ts';
import { describe, quote } from '../quote.ts';
import { readProse } from '../read-prose.ts';
import {
  type Action,
  actions,
  builtInRoles,
  everyEntity,
  type PermissionDocument,
  type RightDocument,
  type RoleDocument,
} from './role-document.ts';

/** A role as it was read, with its place. What it speaks of is looked at once the registry is made. */
export interface DraftRole {
  readonly path: string;
  readonly document: RoleDocument;
}

export function readRoles(
  document: ObjectReader,
  problems: ProblemList,
  limits: Limits,
): readonly DraftRole[] {
  const list = document.list('roles') ?? [];
  if (list.length > limits.roles) {
    const message = `The document has ${list.length} roles; at most ${limits.roles} are allowed.`;
    document.problem('LIMIT_EXCEEDED', 'roles', message);
    return [];
  }
  const keys = new Set<string>();
  return list.flatMap((item, index) => {
    const reader = ObjectReader.open(item, `roles[${index}]`, problems);
    const key = reader && readRoleKey(reader, keys);
    if (!reader || key === null || key === undefined) {
      return [];
    }
    reader.onlyKnown(['key', 'label', 'description', 'permissions']);
    const permissions = readPermissions(reader, key, limits);
    return [{ path: reader.path, document: { key, ...readProse(reader), permissions } }];
  });
}

function readRoleKey(reader: ObjectReader, keys: Set<string>): string | undefined {
  const key = reader.get('key');
  if (typeof key !== 'string') {
    const message =
      key === undefined
        ? 'The key of a role is missing.'
        : `The key of a role must be text, not ${describe(key)}.`;
    return reader.problem('KEY_INVALID', 'key', message);
  }
  const problem = keyProblem(key, 'key of a role');
  if (problem !== null) {
    return reader.problem('KEY_INVALID', 'key', problem);
  }
  if (builtInRoles.some((name) => name === key)) {
    const message = `The role ${quote(key)} is built in and cannot be defined anew. Choose another key.`;
    return reader.problem('NAME_RESERVED', 'key', message);
  }
  if (keys.has(key)) {
    return reader.problem('KEY_DUPLICATE', 'key', `The key ${quote(key)} is used twice. Give each its own.`);
  }
  keys.add(key);
  return key;
}

function readPermissions(reader: ObjectReader, role: string, limits: Limits): readonly PermissionDocument[] {
  const list = reader.list('permissions');
  if (!reader.has('permissions')) {
    reader.problem('MISSING', 'permissions', `The role ${quote(role)} has no list of "permissions".`);
  }
  if (list && list.length > limits.entities + 1) {
    const message = `The role ${quote(role)} has ${list.length} permissions; one for each entity is enough.`;
    reader.problem('LIMIT_EXCEEDED', 'permissions', message);
    return [];
  }
  const seen = new Set<string>();
  return (list ?? []).flatMap((item, index) => {
    const at = `${reader.at('permissions')}[${index}]`;
    const permission = ObjectReader.open(item, at, reader.problems);
    return permission ? (readPermission(permission, seen) ?? []) : [];
  });
}

function readPermission(reader: ObjectReader, seen: Set<string>): PermissionDocument | undefined {
  reader.onlyKnown(['entity', ...actions]);
  const entity = reader.get('entity');
  if (typeof entity !== 'string') {
    const message =
      'A permission must say which "entity" it is about: a key, or "*" for all that are not listed.';
    return reader.problem(entity === undefined ? 'MISSING' : 'TYPE_WRONG', 'entity', message);
  }
  if (seen.has(entity)) {
    return reader.problem(
      'DUPLICATE',
      'entity',
      `${quote(entity)} is listed twice. Put its permissions together.`,
    );
  }
  seen.add(entity);
  const rights = actions.flatMap((action) => {
    const right = readRight(reader, action, entity);
    return right === undefined ? [] : [[action, right] as const];
  });
  const permission = { entity, ...Object.fromEntries(rights) };
  checkNeedsRead(reader, permission);
  return permission;
}

function readRight(reader: ObjectReader, action: Action, entity: string): true | RightDocument | undefined {
  const value = reader.get(action);
  if (value === undefined || value === false) {
    return undefined;
  }
  if (value === true) {
    return true;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `"${action}" must be true, false, or an object with "fields" and "where", not ${describe(value)}.`;
    return reader.problem('TYPE_WRONG', action, message);
  }
  const right = ObjectReader.open(value, reader.at(action), reader.problems);
  if (right === null) {
    return undefined;
  }
  if (entity === everyEntity) {
    const message = `For "*", "${action}" can only be true or false: fields and conditions belong to one entity.`;
    return reader.problem('PERMISSION_INVALID', action, message);
  }
  return readFieldsAndRule(right, action);
}

function readFieldsAndRule(right: ObjectReader, action: Action): true | RightDocument {
  const known = action === 'delete' ? ['where'] : ['fields', 'where'];
  right.onlyKnown(known);
  const fields = right.texts('fields');
  const where = right.get('where');
  if (where !== undefined && (typeof where !== 'object' || where === null || Array.isArray(where))) {
    const message = `"where" must be a filter, not ${describe(where)}. To permit all records leave it out.`;
    right.problem('RULE_INVALID', 'where', message);
    return true;
  }
  if (fields === undefined && where === undefined) {
    return true;
  }
  return {
    ...(fields && { fields }),
    ...(where !== undefined && { where: where as RightDocument['where'] & {} }),
  };
}

/** What is written is answered with, and what cannot be seen cannot be named: so nothing is done without reading. */
function checkNeedsRead(reader: ObjectReader, permission: PermissionDocument): void {
  const written = actions.find((action) => action !== 'read' && permission[action]);
  if (written !== undefined && !permission.read) {
    const message = `${quote(permission.entity)} may be written ("${written}") and not read. Permit "read" as well.`;
    reader.problem('PERMISSION_INVALID', written, message);
  }
}
