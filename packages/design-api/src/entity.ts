import {
  deriveEntityNames,
  type Entity,
  type Limits,
  type SlotKind,
  slotKindOf,
  slotsPerKind,
  type UniqueKey,
} from '@formwork/registry';
import { AllowanceType } from './allowance.ts';
import { builder } from './builder.ts';
import { AliasType, DeprecationType, FieldObject, withEntity } from './field.ts';
import { UseType, usedByNote, usesOf } from './use.ts';

const UniqueKeyType = builder.objectRef<UniqueKey>('UniqueKey').implement({
  description: 'Fields whose values together belong to one record only.',
  fields: (t) => ({
    key: t.exposeString('key'),
    fields: t.stringList({
      description: 'Keys of the fields.',
      resolve: ({ fields }) => fields.map(({ key }) => key),
    }),
    nullsEqual: t.exposeBoolean('nullsEqual', {
      description: 'Whether records without a value count as equal. If not, they are not checked.',
    }),
    caseInsensitive: t.exposeBoolean('caseInsensitive'),
    rootField: t.exposeString('rootName', {
      description: 'The query that finds a record by this key: `flightByNumber`.',
    }),
    isReady: t.boolean({
      description:
        'False while the key is being filled. It is kept already, but there is no query by it yet.',
      resolve: ({ slot }) => slot.state === 'ready',
    }),
  }),
});

const EntityNamesType = builder.objectRef<Entity['names']>('EntityNames').implement({
  description: 'How the entity is called in the GraphQL API.',
  fields: (t) => ({
    type: t.exposeString('type', { description: '`OrderItem`' }),
    single: t.exposeString('single', { description: '`orderItem`' }),
    plural: t.exposeString('plural', { description: '`orderItems`' }),
  }),
});

const IndexesLeftType = builder.objectRef<Entity>('IndexAllowances').implement({
  description: 'Indexes of one entity, by what they can hold.',
  fields: (t) => {
    const allowance = (kind: SlotKind, description: string) =>
      t.field({
        type: AllowanceType,
        description,
        resolve: (entity) => ({ limit: slotsPerKind[kind], used: usedSlots(entity, kind) }),
      });
    return {
      text: allowance('t', 'Indexed fields of text, time of day and choices.'),
      number: allowance('n', 'Indexed fields of numbers, amounts and booleans.'),
      time: allowance('d', 'Indexed fields of dates and moments.'),
      link: allowance('l', 'Links to one.'),
      unique: allowance('u', 'Unique keys, those of single fields included.'),
    };
  },
});

/** An entity beside the limits of the database it is in. */
interface EntityWithLimits {
  readonly entity: Entity;
  readonly limits: Limits;
}

const EntityLimitsType = builder.objectRef<EntityWithLimits>('EntityLimits').implement({
  description: 'How large the entity may grow.',
  fields: (t) => ({
    fields: t.field({
      type: AllowanceType,
      resolve: ({ entity, limits }) => ({ limit: limits.fieldsPerEntity, used: entity.allFields.length }),
    }),
    indexedFields: t.field({
      type: AllowanceType,
      description: 'Indexed fields and links to one, together.',
      resolve: ({ entity, limits }) => ({
        limit: limits.indexedFieldsPerEntity,
        used: entity.allFields.filter((field) => slotKindOf(field) !== null).length,
      }),
    }),
    indexes: t.field({ type: IndexesLeftType, resolve: ({ entity }) => entity }),
  }),
});

export const EntityType = builder.objectRef<EntityWithLimits>('Entity').implement({
  description: 'A kind of record, such as "flight".',
  fields: (t) => ({
    key: t.string({ description: 'In documents: `"order_item"`.', resolve: ({ entity }) => entity.key }),
    plural: t.string({
      description: 'In documents: `"order_items"`.',
      resolve: ({ entity }) => entity.plural,
    }),
    names: t.field({
      type: EntityNamesType,
      resolve: ({ entity }) => deriveEntityNames(entity.key, entity.plural),
    }),
    aliases: t.field({
      type: [AliasType],
      description: 'Former names, the oldest first.',
      resolve: ({ entity }) => entity.aliases,
    }),
    deprecated: t.field({
      type: DeprecationType,
      nullable: true,
      resolve: ({ entity }) => entity.deprecated,
    }),
    label: t.string({ description: 'What people read.', resolve: ({ entity }) => entity.label }),
    description: t.string({ resolve: ({ entity }) => entity.description }),
    softDelete: t.boolean({
      description: 'Deleted records are kept and can be restored.',
      resolve: ({ entity }) => entity.softDelete,
    }),
    searchable: t.stringList({
      description:
        'Keys of the text fields that `search` looks into; what is found in the first weighs most.',
      resolve: ({ entity }) => entity.searchable,
    }),
    fields: t.field({
      type: [FieldObject],
      resolve: ({ entity }) => entity.allFields.map((field) => withEntity(entity, field)),
    }),
    field: t.field({
      type: FieldObject,
      nullable: true,
      args: { key: t.arg.string({ required: true }) },
      resolve: ({ entity }, { key }) => {
        const field = entity.allFields.find((one) => one.key === key);
        return field ? withEntity(entity, field) : null;
      },
    }),
    keys: t.field({ type: [UniqueKeyType], resolve: ({ entity }) => entity.keys }),
    limits: t.field({ type: EntityLimitsType, resolve: (source) => source }),
    usedBy: t.field({
      type: [UseType],
      description: `Who used records of the entity lately. ${usedByNote}`,
      resolve: async ({ entity }, _args, { usage }) => usesOf(await usage(), entity.storageKey, ''),
    }),
  }),
});

function usedSlots(entity: Entity, kind: SlotKind): number {
  return kind === 'u'
    ? entity.keys.length
    : entity.allFields.filter((field) => slotKindOf(field) === kind).length;
}
