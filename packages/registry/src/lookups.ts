import type { Entity, Field, Registry } from './model.ts';
import { deriveEntityNames } from './names.ts';

/** The entities of a registry, and by what they are found. */
export function mapEntities(
  entities: readonly Entity[],
): Pick<Registry, 'entities' | 'entityByKey' | 'entityByTypeName' | 'entityByStorageKey'> {
  return {
    entities,
    entityByKey: new Map(entities.map((entity) => [entity.key, entity])),
    entityByTypeName: new Map(
      entities.flatMap((entity) => typeNamesOf(entity).map((name) => [name, entity] as const)),
    ),
    entityByStorageKey: new Map(entities.map((entity) => [entity.storageKey, entity])),
  };
}

/** Fields by their names, former ones among them. */
export function fieldsByName(fields: readonly Field[]): ReadonlyMap<string, Field> {
  return new Map(
    fields.flatMap((field) => [field, ...field.aliases].map(({ name }) => [name, field] as const)),
  );
}

/** The names that an entity's type has, had and will have. */
function typeNamesOf({ key, plural, names, aliases }: Entity): readonly string[] {
  return [names.type, ...aliases.map((alias) => alias.names.type), deriveEntityNames(key, plural).type];
}
