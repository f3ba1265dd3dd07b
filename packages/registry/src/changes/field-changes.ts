import type { FieldDocument } from '../document.ts';
import { fieldTypeRules } from '../field-types.ts';
import { quote } from '../quote.ts';
import type { ChangeKinds } from './change.ts';
import { type ChangeContext, inOrder, withoutNulls } from './change-context.ts';
import { nameOf } from './change-log.ts';
import { changeOptions, deprecate, insertAfter, mayBeRemoved, relabel } from './edits.ts';
import { renameFieldIn } from './rename-in-document.ts';
import { addSuccessor, mayBeReplaced, successorOf } from './successors.ts';
import type { WorkingField } from './working-document.ts';

export function addField(context: ChangeContext, change: ChangeKinds['addField']): void {
  const entity = context.findEntity(change.entity);
  if (!entity) return;
  const { key } = change.field;
  if (entity.fields.some((field) => field.key === key)) {
    context.problem(
      'KEY_DUPLICATE',
      'field.key',
      `The entity ${quote(entity.key)} has a field ${quote(key)} already.`,
    );
    return;
  }
  if (!context.isNewName(`${entity.key}.${key}`, 'field.key', entity.fields)) return;
  const field = withoutNulls(change.field) as WorkingField;
  context.log.touch(field, { index: context.index, at: context.at, property: '*', argument: '.field' });
  insertAfter(context, entity.fields, field, change.after, `field of ${quote(entity.key)}`);
}

export function renameField(context: ChangeContext, change: ChangeKinds['renameField']): void {
  const [entity, field] = context.findField(change) ?? [];
  if (!entity || !field) return;
  const { key } = field;
  if (!context.touch(field, 'key', 'to', nameOf(entity.key, key))) return;
  if (change.to === key) {
    context.problem('NOTHING_TO_CHANGE', 'to', `The field is called ${quote(key)} already.`);
    return;
  }
  if (entity.fields.some((one) => one.key === change.to)) {
    context.problem(
      'KEY_DUPLICATE',
      'to',
      `The entity ${quote(entity.key)} has a field ${quote(change.to)} already.`,
    );
    return;
  }
  const others = entity.fields.filter((one) => one !== field);
  if (!context.isNewName(`${entity.key}.${change.to}`, 'to', others)) return;
  context.log.touch(field, { index: context.index, at: context.at, property: 'aliases', argument: null });
  context.log.noteGone(`${entity.key}.${key}`, `"${context.at}" renamed it to ${quote(change.to)}.`);
  renameFieldIn(context.document, entity.key, key, change.to);
  field.key = change.to;
  // Back to a former name: that is no alias any more.
  const aliases = (field.aliases ?? []).filter((alias) => alias.key !== change.to);
  const { storageKeys, unserved } = context.document;
  const wasServed = storageKeys.has(field) && !unserved.has(field);
  if (wasServed && change.keepAlias !== false) aliases.push({ key });
  delete field.aliases;
  if (aliases.length > 0) field.aliases = aliases;
}

export function relabelField(context: ChangeContext, change: ChangeKinds['relabelField']): void {
  const [entity, field] = context.findField(change) ?? [];
  if (entity && field) relabel(context, field, change, nameOf(entity.key, field.key));
}

export function deprecateField(context: ChangeContext, change: ChangeKinds['deprecateField']): void {
  const [entity, field] = context.findField(change) ?? [];
  if (entity && field && context.touch(field, 'deprecated', null, nameOf(entity.key, field.key))) {
    deprecate(field, change);
  }
}

export function removeField(context: ChangeContext, change: ChangeKinds['removeField']): void {
  const [entity, field] = context.findField(change) ?? [];
  if (!entity || !field) return;
  const name = nameOf(entity.key, field.key);
  if (!context.touch(field, 'gone', null, name)) return;
  const successor = successorOf(entity, field);
  if (!successor && !mayBeRemoved(context, field, change.force, 'field', name)) return;
  if (successor && !mayBeReplaced(context, field, successor, change.force, name)) return;
  if (successor) {
    delete successor.convertedFrom;
    const { index, at } = context;
    context.log.touch(successor, { index, at, property: '*', argument: '' });
  }
  entity.fields.splice(entity.fields.indexOf(field), 1);
  const { index, at } = context;
  context.removed.push({ index, at, entity, field: field.key, links: [field] });
  context.log.noteGone(`${entity.key}.${field.key}`, `"${at}" removed it.`);
}

export function changeField(context: ChangeContext, change: ChangeKinds['changeField']): void {
  const [entity, field] = context.findField(change) ?? [];
  if (!entity || !field) return;
  const name = nameOf(entity.key, field.key);
  const { required, unique, options } = change;
  if (required == null && unique == null && options == null && change.default === undefined) {
    context.problem('NOTHING_TO_CHANGE', '', 'Give "required", "unique", "default" or "options".');
  }
  if (required != null && context.touch(field, 'required', 'required', name)) field.required = required;
  if (unique != null && context.touch(field, 'unique', 'unique', name)) field.unique = unique;
  if (change.default !== undefined && context.touch(field, 'default', 'default', name)) {
    if (change.default === null) delete field.default;
    else field.default = change.default;
  }
  if (options != null) changeOptions(context, field, options, 'options', name);
}

export function indexField(context: ChangeContext, change: ChangeKinds['indexField']): void {
  setIndexed(context, change, true);
}

export function unindexField(context: ChangeContext, change: ChangeKinds['unindexField']): void {
  setIndexed(context, change, false);
}

function setIndexed(context: ChangeContext, change: ChangeKinds['indexField'], indexed: boolean): void {
  const [entity, field] = context.findField(change) ?? [];
  if (!entity || !field || !context.touch(field, 'indexed', null, nameOf(entity.key, field.key))) return;
  if ((field.indexed ?? false) === indexed) {
    const state = indexed ? 'indexed already' : 'not indexed';
    context.problem('NOTHING_TO_CHANGE', 'field', `${nameOf(entity.key, field.key)} is ${state}.`);
  }
  field.indexed = indexed;
}

export function changeType(context: ChangeContext, change: ChangeKinds['changeType']): void {
  const [entity, field] = context.findField(change) ?? [];
  if (!entity || !field || !context.touch(field, 'type', 'type', nameOf(entity.key, field.key))) return;
  if (field.type === change.type && change.newKey == null) {
    context.problem('NOTHING_TO_CHANGE', 'type', `${nameOf(entity.key, field.key)} is of that type already.`);
    return;
  }
  const isStored = fieldTypeRules[field.type].json !== null && context.document.storageKeys.has(field);
  if (change.newKey != null || (isStored && context.hasRecords(entity))) {
    addSuccessor(context, entity, field, change);
    return;
  }
  field.type = change.type;
  delete field.options;
  if (change.options != null) field.options = change.options;
  context.log.touch(field, {
    index: context.index,
    at: context.at,
    property: 'options',
    argument: 'options',
  });
}

export function changeLink(context: ChangeContext, change: ChangeKinds['changeLink']): void {
  const [entity, field] = context.findField(change) ?? [];
  if (!entity || !field) return;
  const name = nameOf(entity.key, field.key);
  if (field.type !== 'link' && field.type !== 'links') {
    context.problem('NOT_SUPPORTED', 'field', `${name} is of type "${field.type}" and no link.`);
    return;
  }
  const { target, onDelete, inverse } = change;
  if (target == null && onDelete == null && inverse === undefined) {
    context.problem('NOTHING_TO_CHANGE', '', 'Give "target", "inverse" or "onDelete".');
  }
  const { target: leadsTo, inverse: before } = field.options ?? {};
  if (leadsTo !== undefined && before != null && inverse != null && inverse !== before) {
    renameFieldIn(context.document, leadsTo, before, inverse);
  }
  const given = {
    ...(target != null && { target }),
    ...(onDelete != null && { onDelete }),
    ...(inverse !== undefined && { inverse }),
  };
  changeOptions(context, field, given, null, name);
}

export function reorderFields(context: ChangeContext, change: ChangeKinds['reorderFields']): void {
  const entity = context.findEntity(change.entity);
  if (entity)
    entity.fields = inOrder<WorkingField & FieldDocument>(context, entity.fields, change.order, 'field');
}
