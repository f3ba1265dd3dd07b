import { builder } from '../builder.ts';
import {
  deprecated,
  FieldInput,
  force,
  forceRename,
  KeyInput,
  keepAlias,
  order,
  place,
} from './input-parts.ts';

export const RelabelEntityInput = builder.inputType('RelabelEntityInput', {
  description: 'What people read. What is not given stays; an empty text is none.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    label: t.string(),
    description: t.string(),
  }),
});

export const CreateEntityInput = builder.inputType('CreateEntityInput', {
  description: 'A new entity with its fields, as in a document.',
  fields: (t) => ({
    key: t.string({ required: true, description: '`"order_item"`' }),
    plural: t.string({ description: '`"order_items"`. Proposed from the key, if not given.' }),
    label: t.string(),
    description: t.string(),
    fields: t.field({ type: [FieldInput], required: true }),
    keys: t.field({ type: [KeyInput] }),
    softDelete: t.boolean(),
    searchable: t.stringList(),
  }),
});

export const RenameEntityInput = builder.inputType('RenameEntityInput', {
  description: 'No data moves. Links, formulas and roles that speak of the entity are rewritten.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    to: t.string({ required: true, description: 'Its new key: `"trip"`.' }),
    plural: t.string({ description: 'Proposed from the new key, if not given.' }),
    keepAlias: t.boolean({ defaultValue: true, description: keepAlias }),
    force: t.boolean({ defaultValue: false, description: forceRename }),
  }),
});

export const DeprecateEntityInput = builder.inputType('DeprecateEntityInput', {
  description: 'Warns those who read it: its root fields are `@deprecated`.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    reason: t.string({ description: deprecated }),
    replacement: t.string({ description: 'Key of the entity to use instead.' }),
  }),
});

export const RemoveEntityInput = builder.inputType('RemoveEntityInput', {
  description: 'Refused while a link, a role or a formula needs it, which are named.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    force: t.boolean({ defaultValue: false, description: force }),
  }),
});

export const ChangeEntityInput = builder.inputType('ChangeEntityInput', {
  description: 'What is not given stays as it is.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    softDelete: t.boolean({ description: 'Deleted records are kept and can be restored.' }),
    searchable: t.stringList({ description: 'Keys of the text fields that `search:` looks into.' }),
  }),
});

export const ReorderEntitiesInput = builder.inputType('ReorderEntitiesInput', {
  description: 'The order of entities, as people and documents see them.',
  fields: (t) => ({ order: t.stringList({ required: true, description: order }) }),
});
