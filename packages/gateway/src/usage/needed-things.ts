import type { Computation, Computed, Entity, Field, Registry, RowRule } from '@formwork/registry';
import type { NamedThing } from './named-things.ts';

/** What stands behind a field that is used: what its formula, lookup or rollup is made of. Nobody wrote those names. */
export function behindField(registry: Registry, entity: Entity, field: Field): readonly NamedThing[] {
  if (field.computed === null) return [];
  const found = new Found(field.type);
  found.computed(entity.storageKey, field.computed);
  const { source } = field.computed;
  const shown = source && registry.entityByKey.get(source.entity);
  const shownField = source && shown?.fieldByKey.get(source.field);
  if (shown && shownField) found.note(shown.storageKey, shownField.storageKey);
  return found.things;
}

/** What the role's rules for the entity speak of. */
export function behindRules(registry: Registry, entity: Entity): readonly NamedThing[] {
  const { access } = entity;
  const rules = [access?.read, access?.create?.where, access?.update?.where, access?.delete?.where];
  const whole = registry.whole ?? registry;
  const found = new Found('rule');
  const look = (place: Entity | undefined, part: unknown): void => {
    if (Array.isArray(part)) for (const item of part) look(place, item);
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return;
    for (const [name, value] of Object.entries(part)) {
      const inverse = /^([a-z0-9_]+)\.([a-z0-9_]+)$/.exec(name);
      const field = place?.fieldByStorageKey.get(name);
      if (place && field) {
        found.note(place.storageKey, field.storageKey);
        if (field.options.target) look(whole.entityByKey.get(field.options.target), value);
      } else if (inverse) {
        found.note(inverse[1] ?? '', inverse[2] ?? '');
        look(whole.entityByStorageKey.get(inverse[1] ?? ''), value);
      } else look(place, value);
    }
  };
  const seen = whole.entityByStorageKey.get(entity.storageKey);
  for (const rule of new Set<RowRule | null | undefined>(rules)) look(seen, rule);
  return found.things;
}

class Found {
  readonly things: NamedThing[] = [];
  readonly #way: string;
  readonly #seen = new Set<string>();

  constructor(way: string) {
    this.#way = way;
  }

  note(entityType: string, field: string): void {
    const key = `${entityType}.${field}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.things.push({ entityType, field, name: '', way: this.#way });
  }

  computed(entityType: string, { value, stored }: Computed): void {
    if (stored === null) this.value(entityType, value);
    else if (stored.kind === 'formula') this.value(entityType, stored.value);
    else {
      const { way, rolled, filter } = stored;
      this.note(way.kind === 'out' ? entityType : way.source, way.field);
      if (rolled) this.note(way.source, rolled.field);
      if (filter) this.value(way.source, filter);
    }
  }

  value(entityType: string, computation: Computation): void {
    switch (computation.kind) {
      case 'field':
        this.note(entityType, computation.field);
        return;
      case 'through':
        this.note(entityType, computation.link);
        this.value(computation.target, computation.value);
        return;
      case 'call':
        for (const one of computation.arguments) this.value(entityType, one);
        return;
      case 'constant':
        return;
      default:
        computation satisfies never;
    }
  }
}
