import type { DeprecationDocument, Entity, Field, NamedChoice } from '@formwork/registry';
import { builder } from './builder.ts';
import { FieldTypeEnum } from './field-type.ts';
import { UseType, usedByNote, usesOf } from './use.ts';

const ChoiceType = builder.objectRef<NamedChoice>('Choice').implement({
  description: 'One of the values of a select or multi_select.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'In documents and in stored records: `"in_progress"`.' }),
    name: t.exposeString('name', { description: 'In the GraphQL API: `IN_PROGRESS`.' }),
    label: t.exposeString('label'),
    description: t.exposeString('description'),
  }),
});

interface Former {
  readonly key: string;
  readonly since: number | null;
}

export const AliasType = builder.objectRef<Former>('Alias').implement({
  description: 'A former name that is still served, as deprecated, until `dropAlias`.',
  fields: (t) => ({
    key: t.exposeString('key'),
    since: t.exposeInt('since', {
      nullable: true,
      description: 'The version that made it an alias.',
    }),
  }),
});

export const DeprecationType = builder.objectRef<DeprecationDocument>('Deprecation').implement({
  description: 'That something is on its way out, as clients read it.',
  fields: (t) => ({
    reason: t.exposeString('reason'),
    replacement: t.exposeString('replacement', {
      nullable: true,
      description: 'Key of what to use instead.',
    }),
  }),
});

interface FieldOfEntity extends Field {
  /** Storage key. */
  readonly entityType: string;
  readonly siblings: readonly Field[];
}

export function withEntity({ storageKey, allFields }: Entity, field: Field): FieldOfEntity {
  return { ...field, entityType: storageKey, siblings: allFields };
}

function keyIn(fields: readonly Field[], storageKey: string | null | undefined): string | null {
  return fields.find((field) => field.storageKey === storageKey)?.key ?? null;
}

export const FieldObject = builder.objectRef<FieldOfEntity>('Field').implement({
  description: 'One value, or link, that each record of an entity has.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'In documents: `"monthly_rent"`.' }),
    name: t.exposeString('name', { description: 'In the GraphQL API: `monthlyRent`.' }),
    aliases: t.expose('aliases', { type: [AliasType], description: 'Former names, the oldest first.' }),
    deprecated: t.expose('deprecated', { type: DeprecationType, nullable: true }),
    label: t.exposeString('label', { description: 'What people read.' }),
    description: t.exposeString('description'),
    type: t.field({ type: FieldTypeEnum, resolve: (field) => field.type }),
    required: t.exposeBoolean('required', { description: 'Every record has a value.' }),
    unique: t.exposeBoolean('unique', { description: 'No two records have the same value.' }),
    indexed: t.exposeBoolean('indexed', { description: 'Filtering and sorting by it is fast.' }),
    isReady: t.boolean({
      description:
        'False while the index of an indexed field is being filled, which is not used until then; or the field itself from the one ' +
        'that it takes the place of, until when clients do not see it (`jobs`).',
      resolve: ({ slot, conversion }) => slot?.state !== 'filling' && conversion?.state !== 'filling',
    }),
    replacedBy: t.string({
      nullable: true,
      description: 'Key of the field that takes the place of this one in another type, where one does.',
      resolve: ({ replacedBy, siblings }) => keyIn(siblings, replacedBy),
    }),
    convertedFrom: t.string({
      nullable: true,
      description: 'Key of the field that this one takes the place of; both are written while it is there.',
      resolve: ({ conversion, siblings }) => keyIn(siblings, conversion?.from),
    }),
    default: t.expose('default', {
      type: 'JSON',
      nullable: true,
      description: 'What a new record gets when nothing is given: a value, or `{ "from": "product.price" }`.',
    }),
    options: t.expose('options', {
      type: 'JSON',
      description: 'What else the type asks: `{ "maxLength": 80 }`.',
    }),
    choices: t.expose('choices', {
      type: [ChoiceType],
      description: 'Of a select or multi_select, in order.',
    }),
    usedBy: t.field({
      type: [UseType],
      description: `Who used it lately, each of its names by itself. ${usedByNote}`,
      resolve: async ({ entityType, storageKey }, _args, { usage }) =>
        usesOf(await usage(), entityType, storageKey),
    }),
  }),
});
