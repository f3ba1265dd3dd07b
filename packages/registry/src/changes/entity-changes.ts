import { proposePlural } from '../names.ts';
import { quote } from '../quote.ts';
import type { ChangeKinds } from './change.ts';
import { type ChangeContext, inOrder, withoutNulls } from './change-context.ts';
import { nameOf } from './change-log.ts';
import { deprecate, mayBeRemoved, relabel } from './edits.ts';
import { renameEntityIn } from './rename-in-document.ts';
import { toWorkingEntity } from './working-document.ts';

export function createEntity(context: ChangeContext, given: ChangeKinds['createEntity']): void {
  const { entities } = context.document;
  if (entities.some(({ key }) => key === given.key)) {
    context.problem('KEY_DUPLICATE', 'key', `There is an entity ${quote(given.key)} already.`);
    return;
  }
  if (!context.isNewName(given.key, 'key', entities)) return;
  const { fields, keys, ...rest } = withoutNulls(given);
  const entity = toWorkingEntity({
    ...rest,
    fields: fields.map(withoutNulls),
    ...(keys && { keys: keys.map(withoutNulls) }),
  } as Parameters<typeof toWorkingEntity>[0]);
  context.log.touch(entity, { index: context.index, at: context.at, property: '*', argument: null });
  entities.push(entity);
}

export function renameEntity(context: ChangeContext, change: ChangeKinds['renameEntity']): void {
  const entity = context.findEntity(change.entity);
  if (!entity || !context.touch(entity, 'key', 'to', nameOf(entity.key))) return;
  const { key } = entity;
  const plural = entity.plural ?? proposePlural(key);
  const newPlural = change.plural ?? (change.to === key ? plural : proposePlural(change.to));
  if (change.to === key && newPlural === plural) {
    context.problem('NOTHING_TO_CHANGE', 'to', `The entity is called ${quote(change.to)} already.`);
    return;
  }
  if (change.to !== key) {
    if (context.document.entities.some((one) => one.key === change.to)) {
      context.problem('KEY_DUPLICATE', 'to', `There is an entity ${quote(change.to)} already.`);
      return;
    }
    const others = context.document.entities.filter((one) => one !== entity);
    if (!context.isNewName(change.to, 'to', others)) return;
    context.log.noteGone(key, `"${context.at}" renamed it to ${quote(change.to)}.`);
  }
  context.log.touch(entity, { index: context.index, at: context.at, property: 'plural', argument: 'plural' });
  context.log.touch(entity, { index: context.index, at: context.at, property: 'aliases', argument: null });
  const isKnown = context.document.storageKeys.has(entity);
  const aliases = (entity.aliases ?? []).filter((alias) => alias.key !== change.to);
  if (isKnown && change.keepAlias !== false) {
    if (change.to === key) {
      context.problem(
        'NOT_SUPPORTED',
        'plural',
        'A plural alone cannot be changed with the old one kept: rename the entity too, or say "keepAlias": false.',
      );
      return;
    }
    aliases.push({ key, ...(plural !== proposePlural(key) && { plural }) });
  }
  entity.key = change.to;
  delete entity.plural;
  delete entity.aliases;
  if (newPlural !== proposePlural(change.to)) entity.plural = newPlural;
  if (aliases.length > 0) entity.aliases = aliases;
  if (change.to !== key) renameEntityIn(context.document, key, change.to);
}

export function relabelEntity(context: ChangeContext, change: ChangeKinds['relabelEntity']): void {
  const entity = context.findEntity(change.entity);
  if (entity) relabel(context, entity, change, nameOf(entity.key));
}

export function deprecateEntity(context: ChangeContext, change: ChangeKinds['deprecateEntity']): void {
  const entity = context.findEntity(change.entity);
  if (entity && context.touch(entity, 'deprecated', null, nameOf(entity.key))) deprecate(entity, change);
}

export function removeEntity(context: ChangeContext, change: ChangeKinds['removeEntity']): void {
  const entity = context.findEntity(change.entity);
  if (!entity) return;
  // With it go its fields and keys, of which no change of the list may speak either.
  const things = [entity, ...entity.fields, ...entity.keys];
  if (!things.every((thing) => context.touch(thing, 'gone', null, nameOf(entity.key)))) return;
  if (!mayBeRemoved(context, entity, change.force, 'entity', nameOf(entity.key))) return;
  const { document, index, at } = context;
  document.entities = document.entities.filter((one) => one !== entity);
  context.removed.push({ index, at, entity, field: null, links: entity.fields });
  context.log.noteGone(entity.key, `"${at}" removed it.`);
}

export function changeEntity(context: ChangeContext, change: ChangeKinds['changeEntity']): void {
  const entity = context.findEntity(change.entity);
  if (!entity) return;
  const { softDelete, searchable } = change;
  if (softDelete == null && searchable == null) {
    context.problem('NOTHING_TO_CHANGE', '', 'Give "softDelete" or "searchable".');
  }
  if (softDelete != null && context.touch(entity, 'softDelete', 'softDelete', nameOf(entity.key))) {
    entity.softDelete = softDelete;
  }
  if (searchable != null && context.touch(entity, 'searchable', 'searchable', nameOf(entity.key))) {
    entity.searchable = searchable;
  }
}

export function reorderEntities(context: ChangeContext, { order }: ChangeKinds['reorderEntities']): void {
  context.document.entities = inOrder(context, context.document.entities, order, 'entity');
}
