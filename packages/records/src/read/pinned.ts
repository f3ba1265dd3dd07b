import type { Entity } from '@formwork/registry';
import { isPlainObject } from '../validate/plain-object.ts';
import { entityView, type ViewColumn } from './entity-view.ts';

/** Whether a filter asks for a value of an id, a unique or an indexed field: then few records match, and an index finds them. */
export function isPinned(entity: Entity, filter: unknown): boolean {
  if (!isPlainObject(filter)) return false;
  return Object.entries(filter).some(([name, operand]) => {
    if (name === 'and') return Array.isArray(operand) && operand.some((part) => isPinned(entity, part));
    const column = entityView(entity).columns.get(name);
    return (
      column !== undefined &&
      tellsRecordsApart(column) &&
      isPlainObject(operand) &&
      ('eq' in operand || 'in' in operand)
    );
  });
}

/** Many records share a choice or a boolean, so their indexes pin nothing. */
function tellsRecordsApart({ name, kind, key, uniqueKey }: ViewColumn): boolean {
  if (name === 'id' || uniqueKey !== undefined) return true;
  return key !== null && kind !== 'select' && kind !== 'boolean';
}
