import type { Entity, Field, Registry } from '@formwork/registry';
import type { Contract } from './contracts.ts';

/** A name that a thing is served by: its key, or an alias. */
interface Named {
  readonly key: string;
  readonly aliases: readonly { readonly key: string }[];
}

/**
 * What was on its way out by one registry and is gone by the next: deprecated entities and fields, and names of what goes on
 * under others; each with
 * its place in the document of the next. Nothing is gone that another thing of the same kind is called now. What a
 * document leaves out that nothing was said of before is removed outright, as whoever wrote it has decided.
 */
export function findNamesGone(before: Registry, after: Registry): readonly Contract[] {
  const called = new Set(after.entities.flatMap(namesOf));
  return before.entities.flatMap((entity): readonly Contract[] => {
    const { key, storageKey: entityType } = entity;
    const index = after.entities.findIndex(({ storageKey }) => storageKey === entityType);
    const now = after.entities[index];
    if (now === undefined) {
      const thing = { entityType, field: '', name: null };
      return entity.deprecated === null ? [] : [{ path: 'entities', what: `The entity "${key}"`, thing }];
    }
    const path = `entities[${index}]`;
    const gone = namesOf(entity).filter((name) => !called.has(name));
    const names = gone.map((name) => ({
      ...{ path: `${path}.aliases`, what: `The ${name === key ? 'name' : 'old name'} "${name}" of "${key}"` },
      thing: { entityType, field: '', name },
    }));
    return [...names, ...findFieldsGone(entity, now, path)];
  });
}

function findFieldsGone(entity: Entity, now: Entity, place: string): readonly Contract[] {
  const called = new Set(now.fields.flatMap(namesOf));
  return entity.fields.flatMap((field: Field): readonly Contract[] => {
    const { key, storageKey } = field;
    const full = `${entity.key}.${key}`;
    const thing = { entityType: entity.storageKey, field: storageKey };
    const index = now.fields.findIndex((one) => one.storageKey === storageKey);
    if (index < 0) {
      const gone = { path: `${place}.fields`, what: `The field "${full}"`, thing: { ...thing, name: null } };
      return field.deprecated === null ? [] : [gone];
    }
    return namesOf(field)
      .filter((name) => !called.has(name))
      .map((name) => ({
        path: `${place}.fields[${index}].aliases`,
        what: `The ${name === key ? 'name' : 'old name'} "${name}" of "${full}"`,
        thing: { ...thing, name },
      }));
  });
}

function namesOf({ key, aliases }: Named): readonly string[] {
  return [key, ...aliases.map((alias) => alias.key)];
}
