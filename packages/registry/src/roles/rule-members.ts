import type { Entity, Field, Inverse, Registry } from '../model.ts';
import { camelName } from '../names.ts';

/** What a row rule can speak of: a value of the record, a link to one, or links to many and ways back. */
export interface RuleMember {
  readonly kind: 'value' | 'link' | 'list';
  /** Null for what every record has (id, created_at …) and for ways back. */
  readonly field: Field | null;
  /** Of links: the entity on the other side. */
  readonly target: Entity | null;
  /** As documents name it. */
  readonly key: string;
  /** As rows name it: storage keys, so a rename changes no rule. A way back is "<entity>.<field>" that it is made of. */
  readonly storage: string;
  /** As GraphQL names it. */
  readonly name: string;
}

/** Which of its names a rule is written in. */
export type Naming = 'key' | 'storage' | 'name';

const systemKeys = ['id', 'version', 'created_at', 'created_by', 'updated_at', 'updated_by'];

const known = new WeakMap<Entity, readonly RuleMember[]>();

export function ruleMembers(registry: Registry, entity: Entity): readonly RuleMember[] {
  const before = known.get(entity);
  if (before !== undefined) {
    return before;
  }
  const members = [
    ...systemKeys.map(systemMember),
    ...entity.fields.map((field) => fieldMember(registry, field)),
    ...entity.inverses.flatMap((inverse) => inverseMember(registry, inverse) ?? []),
  ];
  known.set(entity, members);
  return members;
}

export function findMember(
  registry: Registry,
  entity: Entity,
  naming: Naming,
  name: string,
): RuleMember | undefined {
  return ruleMembers(registry, entity).find((member) => member[naming] === name);
}

function systemMember(key: string): RuleMember {
  return { kind: 'value', field: null, target: null, key, storage: key, name: camelName(key) };
}

function fieldMember(registry: Registry, field: Field): RuleMember {
  const { key, storageKey, name, type, options } = field;
  const target = registry.entityByKey.get(options.target ?? '') ?? null;
  const kind = type === 'link' ? 'link' : type === 'links' ? 'list' : 'value';
  return { kind, field, target: kind === 'value' ? null : target, key, storage: storageKey, name };
}

function inverseMember(registry: Registry, { key, name, source, field }: Inverse): RuleMember | null {
  const target = registry.entityByStorageKey.get(source);
  return target ? { kind: 'list', field: null, target, key, storage: `${source}.${field}`, name } : null;
}
