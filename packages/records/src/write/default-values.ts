import { copiedFrom, type Entity, type Field, type Registry } from '@formwork/registry';
import { hasDefault } from '../validate/field-default.ts';
import { targetOf } from '../validate/link-schema.ts';
import { prepareValue } from '../validate/prepare-value.ts';
import { encodeValue } from './encode-value.ts';
import type { PlannedValue } from './write-plan.ts';

/** What stands in a new record for a value that is not given: one of the two. */
export interface DefaultValue {
  readonly field: Field;
  /** The same for every record. */
  readonly constant: PlannedValue | null;
  readonly copied: CopiedDefault | null;
}

/** A default that is copied once through a link when the record is created: `{ "from": "product.price" }`. */
export interface CopiedDefault {
  /** Storage keys: of the value, of the link on this record, of the value on the other. */
  readonly to: string;
  readonly link: string;
  readonly from: string;
}

const known = new WeakMap<Entity, readonly DefaultValue[]>();

export function defaultsOf(registry: Registry, entity: Entity): readonly DefaultValue[] {
  let defaults = known.get(entity);
  if (defaults === undefined) {
    defaults = entity.fields.filter(hasDefault).map((field) => defaultOf(registry, entity, field));
    known.set(entity, defaults);
  }
  return defaults;
}

function defaultOf(registry: Registry, entity: Entity, field: Field): DefaultValue {
  const from = copiedFrom(field.type, field.default);
  if (from !== null) return { field, constant: null, copied: copiedDefault(registry, entity, field, from) };
  const text = encodeValue(field, prepareValue(registry, field, field.default));
  return { field, constant: { key: field.storageKey, text }, copied: null };
}

function copiedDefault(
  registry: Registry,
  entity: Entity,
  field: Field,
  from: NonNullable<ReturnType<typeof copiedFrom>>,
): CopiedDefault {
  const link = entity.fieldByKey.get(from.link);
  const source = link && targetOf(registry, link).fieldByKey.get(from.field);
  if (link === undefined || source === undefined)
    throw new Error(`There is nothing to copy "${field.key}" from.`);
  return { to: field.storageKey, link: link.storageKey, from: source.storageKey };
}
