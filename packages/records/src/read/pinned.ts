import type { Entity } from '@formwork/registry';
import type { Values } from '../contract.ts';
import { isPlainObject } from '../validate/plain-object.ts';
import { entityView, type ViewColumn } from './entity-view.ts';

/**
 * The part of a filter that asks for values of ids, unique or indexed fields: few records match it, and an index finds
 * them. Null where there is no such part; the filter itself where there is nothing else in it.
 */
export function pinnedPart(entity: Entity, filter: Values): Values | null {
  const entries = Object.entries(filter).filter(([, operand]) => operand !== undefined);
  const pinned = entries.filter(([name, operand]) => isPinned(entity, name, operand));
  if (pinned.length === 0) return null;
  return pinned.length === entries.length ? filter : Object.fromEntries(pinned);
}

function isPinned(entity: Entity, name: string, operand: unknown): boolean {
  const column = entityView(entity).columns.get(name);
  if (column === undefined || !tellsRecordsApart(column) || !isPlainObject(operand)) return false;
  const operators = Object.keys(operand);
  return operators.length > 0 && operators.every((operator) => operator === 'eq' || operator === 'in');
}

/** Whether no more than one record has what a filter asks for: one id, or one value of a unique field. */
export function pinsOne(entity: Entity, filter: Values): boolean {
  return Object.entries(filter).some(([name, operand]) => {
    const column = entityView(entity).columns.get(name);
    const isUnique = column?.name === 'id' || column?.uniqueKey !== undefined;
    return isUnique && isPlainObject(operand) && operand['eq'] !== undefined;
  });
}

/** Many records share a choice or a boolean, so their indexes pin nothing. */
function tellsRecordsApart({ name, kind, key, uniqueKey }: ViewColumn): boolean {
  if (name === 'id' || uniqueKey !== undefined) return true;
  return key !== null && kind !== 'select' && kind !== 'boolean';
}
