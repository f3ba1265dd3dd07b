import type { Entity, Field, Registry } from '@formwork/registry';

/** An entity that was there before a change and still is. */
export interface Comparison {
  readonly before: Registry;
  readonly was: Entity;
  readonly after: Registry;
  readonly entity: Entity;
  /** Where it stands in the new document: "entities[0]". */
  readonly path: string;
}

/** Where a field stands in the new document: "entities[0].fields[2]". */
export function pathOfField({ entity, path }: Comparison, field: Field): string {
  return `${path}.fields[${entity.allFields.indexOf(field)}]`;
}
