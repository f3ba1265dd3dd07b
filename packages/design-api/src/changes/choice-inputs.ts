import { builder } from '../builder.ts';
import { ChoiceInput, deprecated, order, place } from './input-parts.ts';

export const AddChoiceInput = builder.inputType('AddChoiceInput', {
  description: 'One more choice of a select or multi_select.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: '`"status"`' }),
    choice: t.field({ type: ChoiceInput, required: true }),
    after: t.string({ description: 'Key of the choice that it stands behind. At the end, if not given.' }),
  }),
});

export const RelabelChoiceInput = builder.inputType('RelabelChoiceInput', {
  description: 'What people read. What is not given stays; an empty text is none.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: '`"status"`' }),
    choice: t.string({ required: true, description: place.choice }),
    label: t.string(),
    description: t.string(),
  }),
});

export const DeprecateChoiceInput = builder.inputType('DeprecateChoiceInput', {
  description: 'Warns those who use it: the enum value is `@deprecated`.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: '`"status"`' }),
    choice: t.string({ required: true, description: place.choice }),
    reason: t.string({ description: deprecated }),
    replacement: t.string({ description: 'Key of the choice to use instead.' }),
  }),
});

export const RemoveChoiceInput = builder.inputType('RemoveChoiceInput', {
  description: 'Records that have it are problems: give them another one first.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: '`"status"`' }),
    choice: t.string({ required: true, description: place.choice }),
  }),
});

export const ReorderChoicesInput = builder.inputType('ReorderChoicesInput', {
  description: 'The order of choices, which is also how they are sorted.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: '`"status"`' }),
    order: t.stringList({ required: true, description: order }),
  }),
});

export const SetTransitionsInput = builder.inputType('SetTransitionsInput', {
  description: 'Which states a record may begin with, and which may follow which. What is not given stays.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: '`"status"`' }),
    initial: t.stringList({ description: 'Choices that a new record may have. Null: any.' }),
    transitions: t.field({
      type: 'JSON',
      description: 'Which choice may follow which: `{ planned: ["flown", "cancelled"] }`. Null: any.',
    }),
  }),
});
