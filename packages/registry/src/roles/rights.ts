import type { FieldType } from '../document.ts';
import type { Entity, Field } from '../model.ts';
import type { Action } from './role-document.ts';

/*
 * What the role that a registry was projected for may do. An entity of a registry that was not projected has no
 * `access`: whoever has it may do everything.
 */

export function mayDo(entity: Entity, action: Exclude<Action, 'read'>): boolean {
  return entity.access === null || entity.access[action] !== null;
}

/** Whether the field may be given when a record is created, or changed. */
export function mayWrite(entity: Entity, action: 'create' | 'update', field: Field): boolean {
  if (!isGivenByClients(field)) {
    return false;
  }
  return entity.access === null || (entity.access[action]?.fields.has(field.storageKey) ?? false);
}

const madeHere: ReadonlySet<FieldType> = new Set(['autonumber', 'rollup', 'lookup', 'formula']);

/** Numbers that count up and computed values come from Formwork alone. */
export function isGivenByClients({ type }: Field): boolean {
  return !madeHere.has(type);
}
