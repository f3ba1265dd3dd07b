import type { DeprecationDocument } from '../aliases/alias.ts';
import type { FieldOptions } from '../document.ts';
import { quote } from '../quote.ts';
import type { ChangeContext } from './change-context.ts';
import type { WorkingEntity, WorkingField } from './working-document.ts';

/** Without a reason the thing is deprecated no more. */
export function deprecate(
  thing: { deprecated?: DeprecationDocument },
  { reason, replacement }: { readonly reason?: string | null; readonly replacement?: string | null },
): void {
  if (reason == null) delete thing.deprecated;
  else thing.deprecated = { reason, ...(replacement != null && { replacement }) };
}

/**
 * Clients are warned first: what is served today and not deprecated is removed only by force. What this list itself
 * deprecates nobody has seen, and that is a contradiction anyway.
 */
export function mayBeRemoved(
  context: ChangeContext,
  thing: WorkingEntity | WorkingField,
  force: boolean | null | undefined,
  what: 'entity' | 'field',
  name: string,
): boolean {
  const { storageKeys, unserved } = context.document;
  if (force === true || thing.deprecated || !storageKeys.has(thing) || unserved.has(thing)) {
    return true;
  }
  const kind = what === 'entity' ? 'deprecateEntity' : 'deprecateField';
  context.problem(
    'NOT_DEPRECATED',
    '',
    `The ${what} ${name} is not deprecated, so removing it breaks its readers without a warning. Apply "${kind}" first, or say "force": true.`,
  );
  return false;
}

/** An empty label or description is none. */
export function relabel(
  context: ChangeContext,
  thing: Parameters<ChangeContext['touch']>[0] & { label?: string; description?: string },
  given: { readonly label?: string | null; readonly description?: string | null },
  name: string,
): void {
  if (given.label == null && given.description == null) {
    context.problem('NOTHING_TO_CHANGE', '', 'Give a label or a description.');
  }
  for (const property of ['label', 'description'] as const) {
    const text = given[property];
    if (text != null && context.touch(thing, property, property, name)) thing[property] = text;
  }
}

/** At the end, where it is not said after what. */
export function insertAfter<Item extends { readonly key: string }>(
  context: ChangeContext,
  items: Item[],
  item: Item,
  after: string | null | undefined,
  what: string,
): void {
  const index = after == null ? items.length - 1 : items.findIndex(({ key }) => key === after);
  if (after != null && index < 0) {
    context.problem('NAME_UNKNOWN', 'after', `There is no ${what} ${quote(after)}.`);
    return;
  }
  items.splice(index + 1, 0, item);
}

/** Options that are named are replaced, those that are null taken away. */
export function changeOptions(
  context: ChangeContext,
  field: WorkingField,
  options: { readonly [Name in keyof FieldOptions]?: FieldOptions[Name] | null },
  argument: string | null,
  name: string,
): void {
  const merged = new Map<string, unknown>(Object.entries(field.options ?? {}));
  for (const [option, value] of Object.entries(options)) {
    if (!context.touch(field, `option ${option}`, argument, name)) return;
    // A way back that is null says that there is none.
    if (value === null && option !== 'inverse') merged.delete(option);
    else merged.set(option, value);
  }
  context.log.touch(field, { index: context.index, at: context.at, property: 'options', argument });
  field.options = Object.fromEntries(merged) as FieldOptions;
}
