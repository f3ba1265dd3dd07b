import { builder } from '../builder.ts';
import { FieldTypeEnum } from '../field-type.ts';

/* What inputs of changes are made of. They are checked by `applyChanges` of the room registry, which knows what they mean. */

export const place = {
  entity: '`"flight"`',
  field: '`"departs_at"`',
  choice: '`"planned"`',
  key: '`"by_number"`',
};

export const keepAlias =
  'Whether the old name is served on, as deprecated, until `dropAlias`. Without it clients that use it break at once, so it ' +
  'is refused while they do.';

export const forceRename = 'Give the old name up although clients have used it lately: they break at once.';

export const force =
  'Remove it although it is not deprecated, or was used lately: whoever reads it breaks without a warning.';

export const deprecated =
  'Null, or not given, takes the deprecation away. Clients read it beside the name: `"Say landed_at instead."`';

export const order =
  'Keys in their new order. Those that are not listed follow, in the order that they have.';

export const ChoiceInput = builder.inputType('ChoiceInput', {
  description: '`{ key: "in_progress", label: "In progress" }`',
  fields: (t) => ({
    key: t.string({
      required: true,
      description: 'What is stored: `"in_progress"`. In the API `IN_PROGRESS`.',
    }),
    label: t.string(),
    description: t.string(),
  }),
});

export const FieldInput = builder.inputType('FieldInput', {
  description:
    'A new field, as in a document: `{ key: "status", type: select, options: { choices: [{ key: "planned" }] } }`, ' +
    '`{ key: "origin", type: link, required: true, options: { target: "airport", inverse: "departures" } }`',
  fields: (t) => ({
    key: t.string({ required: true, description: '`"monthly_rent"`; in the API `monthlyRent`.' }),
    type: t.field({ type: FieldTypeEnum, required: true }),
    label: t.string({ description: 'What people read. From the key, if not given.' }),
    description: t.string(),
    required: t.boolean(),
    unique: t.boolean(),
    indexed: t.boolean(),
    default: t.field({ type: 'JSON', description: 'A value, or `{ from: "product.price" }`.' }),
    options: t.field({ type: 'JSON', description: 'What the type asks: `{ maxLength: 80 }`.' }),
  }),
});

export const KeyInput = builder.inputType('UniqueKeyInput', {
  description: '`{ key: "by_number", fields: ["number", "departs_at"] }`',
  fields: (t) => ({
    key: t.string({ required: true }),
    fields: t.stringList({ required: true, description: 'Keys of the fields, in order.' }),
    nullsEqual: t.boolean({ description: 'Whether records without a value count as equal.' }),
    caseInsensitive: t.boolean(),
  }),
});
