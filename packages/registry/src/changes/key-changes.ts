import { quote } from '../quote.ts';
import type { ChangeKinds } from './change.ts';
import { type ChangeContext, withoutNulls } from './change-context.ts';
import { nameOf } from './change-log.ts';
import type { WorkingEntity, WorkingField, WorkingKey } from './working-document.ts';

export function addKey(context: ChangeContext, change: ChangeKinds['addKey']): void {
  const entity = context.findEntity(change.entity);
  if (!entity) return;
  const key = withoutNulls(change.key) as WorkingKey;
  if (entity.keys.some((one) => one.key === key.key)) {
    context.problem(
      'KEY_DUPLICATE',
      'key.key',
      `The entity ${quote(entity.key)} has a key ${quote(key.key)} already.`,
    );
    return;
  }
  if (!context.isNewName(`${entity.key}#${key.key}`, 'key.key', [])) return;
  context.log.touch(key, { index: context.index, at: context.at, property: '*', argument: '.key' });
  entity.keys.push(key);
}

export function changeKey(context: ChangeContext, change: ChangeKinds['changeKey']): void {
  const [entity, key] = context.findKey(change) ?? [];
  if (!entity || !key) return;
  const { fields, nullsEqual, caseInsensitive } = change;
  if (fields == null && nullsEqual == null && caseInsensitive == null) {
    context.problem('NOTHING_TO_CHANGE', '', 'Give "fields", "nullsEqual" or "caseInsensitive".');
  }
  const name = nameOf(entity.key, key.key);
  if (fields != null && context.touch(key, 'fields', 'fields', name)) key.fields = fields;
  if (nullsEqual != null && context.touch(key, 'nullsEqual', 'nullsEqual', name)) key.nullsEqual = nullsEqual;
  if (caseInsensitive != null && context.touch(key, 'caseInsensitive', 'caseInsensitive', name)) {
    key.caseInsensitive = caseInsensitive;
  }
}

export function dropKey(context: ChangeContext, change: ChangeKinds['dropKey']): void {
  const [entity, key] = context.findKey(change) ?? [];
  if (!entity || !key || !context.touch(key, 'gone', null, nameOf(entity.key, key.key))) return;
  entity.keys.splice(entity.keys.indexOf(key), 1);
  context.log.noteGone(`${entity.key}#${key.key}`, `"${context.at}" dropped it.`);
}

export function dropAlias(context: ChangeContext, change: ChangeKinds['dropAlias']): void {
  const { entity: entityKey, field: fieldKey } = change;
  const thing: WorkingEntity | WorkingField | undefined =
    fieldKey == null
      ? context.findEntity(entityKey)
      : context.findField({ entity: entityKey, field: fieldKey })?.[1];
  if (!thing) return;
  const name = fieldKey == null ? nameOf(entityKey) : nameOf(entityKey, fieldKey);
  const { aliases = [] } = thing;
  const remaining = aliases.filter(({ key }) => key !== change.alias);
  if (remaining.length === aliases.length) {
    const known = aliases.map(({ key }) => quote(key)).join(', ') || 'none';
    context.problem(
      'ALIAS_MISSING',
      'alias',
      `${name} has no alias ${quote(change.alias)}; it has ${known}.`,
    );
    return;
  }
  if (!context.touch(thing, `alias ${change.alias}`, 'alias', name)) return;
  if (remaining.length === 0) delete thing.aliases;
  else thing.aliases = remaining;
}
