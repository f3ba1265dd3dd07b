import { builder } from '../builder.ts';
import { FieldTypeEnum } from '../field-type.ts';
import { deprecated, FieldInput, force, forceRename, keepAlias, order, place } from './input-parts.ts';

export const AddFieldInput = builder.inputType('AddFieldInput', {
  description: 'A new field of an entity.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.field({ type: FieldInput, required: true }),
    after: t.string({ description: 'Key of the field that it stands behind. At the end, if not given.' }),
  }),
});

export const RenameFieldInput = builder.inputType('RenameFieldInput', {
  description: 'No data moves. Formulas, keys and roles that speak of the field are rewritten.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: place.field }),
    to: t.string({ required: true, description: 'Its new key: `"departure"`.' }),
    keepAlias: t.boolean({ defaultValue: true, description: keepAlias }),
    force: t.boolean({ defaultValue: false, description: forceRename }),
  }),
});

export const RelabelFieldInput = builder.inputType('RelabelFieldInput', {
  description: 'What people read. What is not given stays; an empty text is none.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: place.field }),
    label: t.string(),
    description: t.string(),
  }),
});

export const DeprecateFieldInput = builder.inputType('DeprecateFieldInput', {
  description: 'Warns those who read it: the field is `@deprecated` wherever it stands.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: place.field }),
    reason: t.string({ description: deprecated }),
    replacement: t.string({ description: 'Key of the field to use instead.' }),
  }),
});

export const RemoveFieldInput = builder.inputType('RemoveFieldInput', {
  description: 'Its values are kept out of sight; `revert` brings them back.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: place.field }),
    force: t.boolean({ defaultValue: false, description: force }),
  }),
});

export const ChangeFieldInput = builder.inputType('ChangeFieldInput', {
  description: 'What is not given stays as it is.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: place.field }),
    required: t.boolean({ description: 'Records without a value are problems then: give them one first.' }),
    unique: t.boolean(),
    default: t.field({ type: 'JSON', description: 'Null takes it away.' }),
    options: t.field({
      type: 'JSON',
      description:
        'Those that are named are replaced, null takes one away: `{ maxLength: 80, pattern: null }`.',
    }),
  }),
});

export const FieldPlaceInput = builder.inputType('FieldPlaceInput', {
  description: 'Which field.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: place.field }),
  }),
});

export const ChangeTypeInput = builder.inputType('ChangeTypeInput', {
  description:
    'Where there are records, a field of the new type is put beside this one and filled by a job (`jobs`), while clients go on ' +
    'with this one. Once every record is filled it is served too, this one is deprecated, and whichever is written makes ' +
    'the other. `removeField` ends that. Values that cannot be converted are a problem, with their records. Where there are no ' +
    'records, and no `newKey` is given, the field itself gets the type.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: place.field }),
    type: t.field({ type: FieldTypeEnum, required: true }),
    options: t.field({ type: 'JSON', description: 'Of the new type; those of the old one go.' }),
    newKey: t.string({
      description: 'Key of the new field: `"gate_number"`. Proposed from key and type where absent.',
    }),
    allowLoss: t.boolean({
      description:
        'What the new type has no place for is left out: fractions are rounded, times of day dropped.',
    }),
  }),
});

export const ChangeLinkInput = builder.inputType('ChangeLinkInput', {
  description: 'What is not given stays as it is.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    field: t.string({ required: true, description: '`"origin"`' }),
    target: t.string({ description: 'Only while there are no records.' }),
    inverse: t.string({
      description:
        'The way back, a field of the target: `"departures"`. Null: there is none. Rollups and roles that go by it are rewritten.',
    }),
    onDelete: t.string({ description: '`"restrict"`, `"cascade"` or `"set_null"`.' }),
  }),
});

export const ReorderFieldsInput = builder.inputType('ReorderFieldsInput', {
  description: 'The order of an entity’s fields.',
  fields: (t) => ({
    entity: t.string({ required: true, description: place.entity }),
    order: t.stringList({ required: true, description: order }),
  }),
});
