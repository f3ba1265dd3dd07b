import { builder } from '../builder.ts';
import { KeyInput, place } from './input-parts.ts';

export const AddKeyInput = builder.inputType('AddKeyInput', {
  description: 'Records that share the value are problems: change or delete all but one of each first.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    key: t.field({ type: KeyInput, required: true }),
  }),
});

export const ChangeKeyInput = builder.inputType('ChangeKeyInput', {
  description: 'What is not given stays as it is.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    key: t.string({ required: true, description: place.key }),
    fields: t.stringList(),
    nullsEqual: t.boolean(),
    caseInsensitive: t.boolean(),
  }),
});

export const DropKeyInput = builder.inputType('DropKeyInput', {
  description: 'The query by the key goes with it. A unique field is changed with `changeField`.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    key: t.string({ required: true, description: place.key }),
  }),
});

export const DropAliasInput = builder.inputType('DropAliasInput', {
  description: 'The contract of a rename: from now on the old name is gone, and the rename cannot be undone.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ description: 'Not given: the alias is one of the entity.' }),
    alias: t.string({ required: true, description: 'The old key: `"departs_at"`.' }),
    force: t.boolean({ description: 'Drop it although clients have used it lately: they break at once.' }),
  }),
});
