import { didYouMean } from '../did-you-mean.ts';
import type { Choice } from '../document.ts';
import { quote } from '../quote.ts';
import type { ChangeKinds, ChoicePlace, FieldPlace } from './change.ts';
import { type ChangeContext, inOrder, withoutNulls } from './change-context.ts';
import { nameOf } from './change-log.ts';
import { changeOptions, deprecate, insertAfter } from './edits.ts';
import type { WorkingField } from './working-document.ts';

/** What changes say of a choice; its removal says all of it. */
const choiceProperties = ['added', 'label', 'deprecated'] as const;

type WorkingChoice = { -readonly [Name in keyof Choice]: Choice[Name] };

export function addChoice(context: ChangeContext, change: ChangeKinds['addChoice']): void {
  editChoices(context, change, (choices, field) => {
    const choice = withoutNulls(change.choice);
    if (choices.some(({ key }) => key === choice.key)) {
      context.problem('KEY_DUPLICATE', 'choice.key', `There is a choice ${quote(choice.key)} already.`);
      return null;
    }
    const name = nameOf(change.entity, change.field, choice.key);
    if (!context.touch(field, `choice ${choice.key} added`, 'choice.key', name)) return null;
    const after = [...choices];
    insertAfter(context, after, choice, change.after, 'choice');
    return after;
  });
}

export function relabelChoice(context: ChangeContext, change: ChangeKinds['relabelChoice']): void {
  const { label, description } = change;
  if (label == null && description == null) {
    context.problem('NOTHING_TO_CHANGE', '', 'Give a label or a description.');
  }
  editChoice(context, change, 'label', (choice) => {
    if (label != null) choice.label = label;
    if (description != null) choice.description = description;
  });
}

export function deprecateChoice(context: ChangeContext, change: ChangeKinds['deprecateChoice']): void {
  editChoice(context, change, 'deprecated', (choice) => deprecate(choice, change));
}

/** Its transitions go with it; records that have it are in the way, which the store finds. */
export function removeChoice(context: ChangeContext, change: ChangeKinds['removeChoice']): void {
  const [entity, field] = context.findField(change) ?? [];
  if (!entity || !field || !findChoice(context, field, change)) return;
  const name = nameOf(entity.key, field.key, change.choice);
  if (!choiceProperties.every((one) => context.touch(field, `choice ${change.choice} ${one}`, null, name)))
    return;
  const without = (keys: readonly string[]) => keys.filter((key) => key !== change.choice);
  const { choices = [], initial, transitions } = field.options ?? {};
  const remaining = transitions && Object.entries(transitions).filter(([from]) => from !== change.choice);
  context.log.touch(field, { index: context.index, at: context.at, property: 'options', argument: null });
  field.options = {
    ...field.options,
    choices: choices.filter(({ key }) => key !== change.choice),
    ...(initial && { initial: without(initial) }),
    ...(remaining && { transitions: Object.fromEntries(remaining.map(([from, to]) => [from, without(to)])) }),
  };
}

export function reorderChoices(context: ChangeContext, change: ChangeKinds['reorderChoices']): void {
  editChoices(context, change, (choices) => inOrder(context, choices, change.order, 'choice'));
}

export function setTransitions(context: ChangeContext, change: ChangeKinds['setTransitions']): void {
  const [entity, field] = context.findField(change) ?? [];
  if (!entity || !field) return;
  const { initial, transitions } = change;
  if (initial === undefined && transitions === undefined) {
    context.problem('NOTHING_TO_CHANGE', '', 'Give "initial" or "transitions"; null takes them away.');
  }
  const given = {
    ...(initial !== undefined && { initial }),
    ...(transitions !== undefined && { transitions }),
  };
  changeOptions(context, field, given, null, nameOf(entity.key, field.key));
}

function editChoices(
  context: ChangeContext,
  place: FieldPlace,
  edit: (choices: readonly Choice[], field: WorkingField) => readonly Choice[] | null,
): void {
  const [entity, field] = context.findField(place) ?? [];
  if (!entity || !field) return;
  const { choices } = field.options ?? {};
  if (!choices) {
    const name = nameOf(entity.key, field.key);
    context.problem('NOT_SUPPORTED', 'field', `${name} is of type "${field.type}" and has no choices.`);
    return;
  }
  const edited = edit(choices, field);
  if (edited === null) return;
  context.log.touch(field, { index: context.index, at: context.at, property: 'options', argument: null });
  field.options = { ...field.options, choices: edited };
}

function editChoice(
  context: ChangeContext,
  place: ChoicePlace,
  property: (typeof choiceProperties)[number],
  edit: (choice: WorkingChoice) => void,
): void {
  const [entity, field] = context.findField(place) ?? [];
  const choice = field && findChoice(context, field, place);
  if (!entity || !field || !choice) return;
  const name = nameOf(entity.key, field.key, choice.key);
  if (!context.touch(field, `choice ${choice.key} ${property}`, null, name)) return;
  const edited: WorkingChoice = { ...choice };
  edit(edited);
  editChoices(context, place, (choices) => choices.map((one) => (one === choice ? edited : one)));
}

function findChoice(
  context: ChangeContext,
  { options }: WorkingField,
  { choice: key }: ChoicePlace,
): Choice | undefined {
  const choices = options?.choices ?? [];
  const choice = choices.find((one) => one.key === key);
  return (
    choice ??
    context.problem('CHOICE_UNKNOWN', 'choice', () => {
      return `There is no choice ${quote(key)}.${didYouMean(
        key,
        choices.map((one) => one.key),
      )}`;
    })
  );
}
