import { fieldTypeRules, isFieldType } from '../field-types.ts';
import { longestKey } from '../keys.ts';
import { quote } from '../quote.ts';
import type { ChangeKinds } from './change.ts';
import type { ChangeContext } from './change-context.ts';
import type { WorkingEntity, WorkingField } from './working-document.ts';

/* A field that takes the place of another, in another type. */

/** Puts the field that is to take the place of this one behind it. */
export function addSuccessor(
  context: ChangeContext,
  entity: WorkingEntity,
  field: WorkingField,
  { type, options, newKey, allowLoss }: ChangeKinds['changeType'],
): void {
  const key = newKey ?? `${field.key}_${type}`.slice(0, longestKey);
  const argument = newKey == null ? '' : 'newKey';
  if (entity.fields.some((one) => one.key === key)) {
    const message = `The entity ${quote(entity.key)} has a field ${quote(key)} already. Give the new one another key by "newKey".`;
    context.problem('KEY_DUPLICATE', argument, message);
    return;
  }
  if (!context.isNewName(`${entity.key}.${key}`, argument, entity.fields)) return;
  const { description, required, indexed } = field;
  const successor: WorkingField = {
    key,
    type,
    ...(description !== undefined && { description }),
    ...(required && { required }),
    // A type that is none is told of when the document is checked.
    ...(indexed && isFieldType(type) && fieldTypeRules[type].indexable && { indexed }),
    ...(options != null && { options }),
    convertedFrom: { field: field.key, ...(allowLoss && { allowLoss }) },
  };
  context.log.touch(successor, { index: context.index, at: context.at, property: '*', argument: '' });
  entity.fields.splice(entity.fields.indexOf(field) + 1, 0, successor);
}

/** The field that takes the place of this one. */
export function successorOf(entity: WorkingEntity, { key }: WorkingField): WorkingField | undefined {
  return entity.fields.find(({ convertedFrom }) => convertedFrom?.field === key);
}

/** What the old field promised the new one has to promise before the old one goes. */
export function mayBeReplaced(
  context: ChangeContext,
  field: WorkingField,
  successor: WorkingField,
  force: boolean | null | undefined,
  name: string,
): boolean {
  if (!field.unique || successor.unique || force) return true;
  context.problem(
    'NEEDED',
    '',
    `${name} is unique, and ${quote(successor.key)}, which takes its place, is not. Apply "changeField" with "unique": true to that one first, or say "force": true.`,
  );
  return false;
}
