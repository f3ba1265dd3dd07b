import {
  deriveEntityNames,
  type Entity,
  type Field,
  fieldTypeRule,
  mayDo,
  type Registry,
  type UniqueKey,
} from '@formwork/registry';
import type { Audience, JsonSchema, WriteOperation } from './schema-types.ts';
import { valueSchema } from './value-schema.ts';

/** The entity that a link leads to. */
export function targetOf(registry: Registry, field: Field): Entity {
  const target = registry.entityByKey.get(field.options.target ?? '');
  if (target === undefined) throw new Error(`Link "${field.key}" has no target.`);
  return target;
}

const linkFields = new WeakMap<Entity, readonly Field[]>();

/** Fields that lead to records, to one or to many. */
export function linksOf(entity: Entity): readonly Field[] {
  let fields = linkFields.get(entity);
  if (fields === undefined) {
    fields = entity.fields.filter(({ type }) => type === 'link' || type === 'links');
    linkFields.set(entity, fields);
  }
  return fields;
}

/** Keys by which a record can be found; one that still fills is not served. */
export function readyKeys(entity: Entity): readonly UniqueKey[] {
  return entity.keys.filter((key) => key.slot.state === 'ready');
}

/** `{ id }` or `{ by: { iata } }`; what `{ create }` holds is checked as an input of its own (see `validateInput`). */
export function linkSchema(target: Entity, audience: Audience, mayCreate = true): JsonSchema {
  const keys = readyKeys(target);
  const by = exactlyOne(Object.fromEntries(keys.map((key) => [key.name, keySchema(key, audience)])));
  const schema = exactlyOne({
    id: { type: 'string', format: 'uuid' },
    ...(keys.length > 0 ? { by } : {}),
    ...(mayCreate && mayDo(target, 'create') ? { create: createSchema(target, audience) } : {}),
  });
  return audience === 'client' ? { ...schema, ...describeTarget(target) } : schema;
}

/**
 * Its type, its entity (whose schema is the one of `create`), the root field that lists what can be chosen from, and the field by
 * which people tell one from another: what is searched first, a text that all have, the number, or else any text.
 */
export function describeTarget(target: Entity): JsonSchema {
  const { key, plural, names } = target;
  const label = labelOf(target);
  return {
    'x-link': names.type,
    'x-entity': key,
    // As it is called today: types keep their names, and root fields do not.
    'x-list': deriveEntityNames(key, plural).plural,
    ...(label && { 'x-label-field': label.name }),
  };
}

function labelOf({ fields, fieldByKey, searchable }: Entity): Field | undefined {
  const [first = ''] = searchable;
  const texts = fields.filter(({ type }) => fieldTypeRule(type).searchable);
  return (
    fieldByKey.get(first) ??
    texts.find(({ required, unique }) => required || unique) ??
    fields.find(({ type }) => type === 'autonumber') ??
    texts[0]
  );
}

/** A schema of its own: it would be endless to repeat it here. */
function createSchema({ names }: Entity, audience: Audience): JsonSchema {
  return { type: 'object', ...(audience === 'client' ? { 'x-input': `Create${names.type}Input` } : {}) };
}

function keySchema({ fields, nullsEqual }: UniqueKey, audience: Audience): JsonSchema {
  const [first, ...others] = fields;
  if (first !== undefined && others.length === 0) return keyPartSchema(first, audience);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, keyPartSchema(field, audience)])),
    // Where nulls are equal, "without a value" is a value to look for.
    required: fields.filter((field) => !nullsEqual || field.required).map((field) => field.name),
    additionalProperties: false,
  };
}

/** To look for a value it need not be one that may be written: bounds and pattern do not count, only the type does. */
function keyPartSchema(field: Field, audience: Audience): JsonSchema {
  const title = audience === 'client' ? { title: field.label } : {};
  if (field.type === 'link') return { ...title, type: 'string', format: 'uuid' };
  const { highest = 5, choices = [] } = field.options;
  return {
    ...title,
    ...(valueSchema({ ...field, options: { highest, choices } }, audience) ?? { type: 'integer' }),
  };
}

/** A record that is created has no links yet: there is nothing to remove or to replace. */
export function linksSchema(target: Entity, audience: Audience, operation: WriteOperation): JsonSchema {
  const list = (mayCreate: boolean) => ({
    type: 'array',
    items: linkSchema(target, audience, mayCreate),
  });
  return {
    type: 'object',
    properties: {
      add: list(true),
      ...(operation === 'update' ? { remove: list(false), set: list(true) } : {}),
    },
    additionalProperties: false,
  };
}

function exactlyOne(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, minProperties: 1, maxProperties: 1, additionalProperties: false };
}
