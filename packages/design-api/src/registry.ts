import { type Entity, type Limits, toDocument } from '@formwork/registry';
import type { RegistrySnapshot } from '@formwork/registry-store';
import { AllowanceType } from './allowance.ts';
import { builder } from './builder.ts';
import { EntityType } from './entity.ts';
import { RoleType, rolesOf } from './role.ts';

/** A registry as it was read, beside the limits of the database it is in. */
export interface RegistryWithLimits extends RegistrySnapshot {
  readonly limits: Limits;
}

const RegistryLimitsType = builder.objectRef<RegistryWithLimits>('RegistryLimits').implement({
  description: 'How large the registry may grow. `Entity.limits` has those of one entity.',
  fields: (t) => ({
    entities: t.field({
      type: AllowanceType,
      resolve: (source) => ({ limit: source.limits.entities, used: entitiesOf(source).length }),
    }),
    documentLength: t.field({
      type: AllowanceType,
      description: 'Characters of the document as JSON.',
      resolve: (source) => ({
        limit: source.limits.documentLength,
        used: JSON.stringify(documentOf(source)).length,
      }),
    }),
    roles: t.field({
      type: AllowanceType,
      resolve: ({ limits, registry }) => ({ limit: limits.roles, used: registry?.roles.length ?? 0 }),
    }),
    fieldsPerEntity: t.int({ resolve: ({ limits }) => limits.fieldsPerEntity }),
    indexedFieldsPerEntity: t.int({ resolve: ({ limits }) => limits.indexedFieldsPerEntity }),
    choicesPerSelect: t.int({ resolve: ({ limits }) => limits.choicesPerSelect }),
  }),
});

export const RegistryType = builder.objectRef<RegistryWithLimits>('Registry').implement({
  description: 'What the tenant has designed: its entities, their fields and links.',
  fields: (t) => ({
    version: t.int({
      description:
        'Goes up with every change; 0 before the first. `applyRegistry(expectedVersion:)` compares it.',
      resolve: ({ version }) => version,
    }),
    document: t.field({
      type: 'JSON',
      description:
        'The whole registry as a document: change it and give it to `applyRegistry`. ' +
        '`{ "formwork": 1, "entities": [{ "key": "airport", "fields": [{ "key": "city", "type": "text" }] }] }`',
      resolve: documentOf,
    }),
    entities: t.field({
      type: [EntityType],
      resolve: (source) => entitiesOf(source).map((entity) => ({ entity, limits: source.limits })),
    }),
    entity: t.field({
      type: EntityType,
      nullable: true,
      args: { key: t.arg.string({ required: true, description: 'As in documents: `"order_item"`.' }) },
      resolve: ({ registry, limits }, { key }) => {
        const entity = registry?.entityByKey.get(key);
        return entity ? { entity, limits } : null;
      },
    }),
    roles: t.field({
      type: [RoleType],
      resolve: ({ registry }) => (registry ? rolesOf(registry) : []),
    }),
    limits: t.field({ type: RegistryLimitsType, resolve: (source) => source }),
  }),
});

function entitiesOf({ registry }: RegistryWithLimits): readonly Entity[] {
  return registry?.entities ?? [];
}

function documentOf({ registry }: RegistryWithLimits) {
  return registry ? toDocument(registry) : { formwork: 1, entities: [] };
}
