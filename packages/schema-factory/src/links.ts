import type { Entity, Field, Inverse, Registry } from '@formwork/registry';
import { describe } from './describe.ts';
import { reasonOf, type Served } from './served-registry.ts';

/** The entity that a link leads to. */
export function targetOfLink(registry: Registry, field: Field): Entity {
  return found(registry.entityByKey.get(field.options.target ?? ''), field.key);
}

/** Said before any type is made, since those that would tell may be made only much later. @throws where a link leads nowhere */
export function assertLinked(registry: Registry): void {
  for (const entity of registry.entities) {
    connectionsOf(registry, entity);
    for (const field of entity.fields) if (field.type === 'link') targetOfLink(registry, field);
  }
}

/** A field that leads to many records: a link to many, or the way back over a link. */
export interface Connected {
  readonly name: string;
  readonly description: string;
  readonly deprecationReason?: string | null;
  /** The entity of the records on the other side. */
  readonly entity: Entity;
}

/** All connections of an entity's records: links to many in the designer's order, then ways back. */
export function connectionsOf(registry: Registry, entity: Entity): readonly Connected[] {
  return [
    ...entity.fields
      .filter((field) => field.type === 'links')
      .map((field) => ({
        name: field.name,
        description: describe(field),
        ...deprecationOf(field),
        entity: targetOfLink(registry, field),
      })),
    ...entity.inverses.map((inverse) => wayBack(registry, inverse)),
  ];
}

/** The designer has no words for a way back, so it is told by those for the link. */
function wayBack(registry: Registry, { key, name, source, field }: Inverse): Connected {
  const entity = found(registry.entityByStorageKey.get(source), key);
  const link = entity.fieldByStorageKey.get(field);
  return { name, description: `${entity.label}: all that link here as "${link?.label ?? field}".`, entity };
}

function deprecationOf(field: Field): Served {
  const deprecationReason = reasonOf(field);
  return deprecationReason ? { deprecationReason } : {};
}

function found(entity: Entity | undefined, key: string): Entity {
  if (!entity) throw new Error(`The link "${key}" leads to no entity of this registry.`);
  return entity;
}
