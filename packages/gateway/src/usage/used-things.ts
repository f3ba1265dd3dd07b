import type { Registry } from '@formwork/registry';
import { type NamedThing, type NameIndex, nameIndexOf } from './named-things.ts';
import { behindField, behindRules } from './needed-things.ts';
import type { WrittenNames } from './written-names.ts';

/** A thing that is used. It holds texts alone: what is counted of use must keep no registry alive. */
export interface UsedThing extends NamedThing {
  /** The same for the same thing by the same name in the same way. */
  readonly id: string;
}

const known = new WeakMap<Registry, UsedThings>();

/** For as long as the registry is held. */
export function usedThingsOf(registry: Registry): UsedThings {
  const things = known.get(registry) ?? new UsedThings(nameIndexOf(registry));
  known.set(registry, things);
  return things;
}

/** From names to what of the registry is used by them: what they name, and what stands behind that. */
class UsedThings {
  readonly #index: NameIndex;
  readonly #ofNames = new Map<string, readonly UsedThing[]>();
  readonly #ofOperations = new WeakMap<WrittenNames, readonly UsedThing[]>();

  constructor(index: NameIndex) {
    this.#index = index;
  }

  /** Each thing once, however often the operation names it; the same list each time. */
  ofOperation(written: WrittenNames): readonly UsedThing[] {
    const before = this.#ofOperations.get(written);
    if (before !== undefined) return before;
    const things = new Map<string, UsedThing>();
    for (const name of written.names) for (const thing of this.ofName(name)) things.set(thing.id, thing);
    const found = [...things.values()];
    this.#ofOperations.set(written, found);
    return found;
  }

  ofName(name: string): readonly UsedThing[] {
    const before = this.#ofNames.get(name);
    if (before !== undefined) return before;
    const found = this.#index.find(name).flatMap((thing) => [thing, ...this.#behind(thing)].map(asUsed));
    // Names that a client has made up are not kept: there is no end of them.
    if (found.length > 0) this.#ofNames.set(name, found);
    return found;
  }

  #behind({ entityType, field }: NamedThing): readonly NamedThing[] {
    const { registry } = this.#index;
    const entity = registry.entityByStorageKey.get(entityType);
    if (!entity) return [];
    if (field === '') return behindRules(registry, entity);
    const used = entity.fieldByStorageKey.get(field);
    return used ? behindField(registry, entity, used) : [];
  }
}

function asUsed({ entityType, field, name, way }: NamedThing): UsedThing {
  return { entityType, field, name, way, id: `${entityType}.${field} ${name} ${way}` };
}
