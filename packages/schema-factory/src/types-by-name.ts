import {
  deriveEnumNames,
  deriveKeyNames,
  deriveRootNames,
  deriveTypeNames,
  type Entity,
  mayDo,
  mayWrite,
} from '@formwork/registry';
import { type GraphQLField, type GraphQLInputField, type GraphQLNamedType, getNamedType } from 'graphql';
import { connectionsOf, targetOfLink } from './links.ts';
import type { MutationType } from './mutation-type.ts';
import { isWritable, offeredWrites } from './offered-writes.ts';
import type { SchemaTypes } from './schema-types.ts';
import { isAlias } from './served-registry.ts';
import { sharedTypesOf } from './shared-types.ts';
import { fieldsWithTransitions } from './transitions.ts';
import { readyKeys } from './unique-keys.ts';
import { hasTotals } from './value-types.ts';

/** To compare a name with more takes longer than an error may. */
const mostNames = 2_000;

/** A type that there is, and how it is come by. */
type Way = readonly [name: string, find: () => GraphQLNamedType | undefined];

/**
 * The types of a schema by their names. What there is, is told by the design, and not by making types until one of the name
 * turns up: that would make all of them for a name that none has.
 */
export class TypesByName {
  readonly #types: SchemaTypes;
  readonly #mutation: MutationType;
  readonly #ways = new Map<Entity, readonly Way[]>();
  #shared: ReadonlyMap<string, GraphQLNamedType> | undefined;
  #links: Links | undefined;

  constructor(types: SchemaTypes, mutation: MutationType) {
    this.#types = types;
    this.#mutation = mutation;
  }

  /** Apart from the roots. */
  find(name: string): GraphQLNamedType | undefined {
    const shared = this.#sharedTypes().get(name);
    if (shared !== undefined) return shared;
    for (const entity of this.#types.registry.entities) {
      if (!isAbout(entity, name)) continue;
      const [, find] = this.#waysOf(entity).find(([called]) => called === name) ?? [];
      if (find !== undefined) return find();
    }
    return undefined;
  }

  /** Names to be compared with one that no type has: those of the entity that it is about, then others. */
  near(name: string): readonly string[] {
    const { entities } = this.#types.registry;
    const near = entities.filter((entity) => isAbout(entity, name));
    const names = [...this.#sharedTypes().keys(), ...entities.map((entity) => entity.names.type)];
    for (const entity of [...near, ...entities]) {
      if (names.length >= mostNames) break;
      names.push(...this.#waysOf(entity).map(([called]) => called));
    }
    return names;
  }

  #sharedTypes(): ReadonlyMap<string, GraphQLNamedType> {
    this.#shared ??= sharedTypesOf(this.#types.registry);
    return this.#shared;
  }

  #waysOf(entity: Entity): readonly Way[] {
    const ways = this.#ways.get(entity) ?? [
      ...this.#ownTypes(entity),
      ...this.#inputs(entity),
      ...this.#payloads(entity),
      ...this.#choices(entity),
      ...this.#keys(entity),
    ];
    this.#ways.set(entity, ways);
    return ways;
  }

  /** What every entity has, and what is read of its records. */
  #ownTypes(entity: Entity): readonly Way[] {
    const types = this.#types;
    const names = deriveTypeNames(entity.names);
    const isTold = entity === types.registry.entityByKey.get(entity.key);
    return [
      [entity.names.type, () => this.#object(entity)],
      [names.connection, () => types.connection(entity)],
      [names.edge, () => typeOf(types.connection(entity).getFields().edges)],
      [names.filter, () => types.filter(entity)],
      [names.order, () => types.order(entity)],
      [names.groupBy, () => types.groupBy(entity)],
      [names.aggregate, () => types.aggregate(entity)],
      [names.aggregateExtremes, () => types.aggregateExtremes(entity)],
      ...only(hasTotals(entity), [names.aggregateNumbers, () => types.aggregateNumbers(entity)]),
      ...only(isTold && fieldsWithTransitions(entity).length > 0, [
        names.transitions,
        () => types.transitions(entity),
      ]),
      ...only(this.#linked().connected.has(entity), [
        names.connectionFilter,
        () => types.connectionFilter(entity),
      ]),
    ];
  }

  /** Records under another name are the same; then that is an interface which their type has. */
  #object(entity: Entity): GraphQLNamedType | undefined {
    const object = this.#types.object(entity);
    return [object, ...object.getInterfaces()].find(({ name }) => name === entity.names.type);
  }

  #inputs(entity: Entity): readonly Way[] {
    const types = this.#types;
    const names = deriveTypeNames(entity.names);
    const { one, created, updated } = this.#linked();
    return [
      ...only(isWritable(entity, 'create'), [names.createInput, () => types.createInput(entity)]),
      ...only(isWritable(entity, 'update'), [names.updateInput, () => types.updateInput(entity)]),
      ...only(one.has(entity), [names.linkInput, () => types.linkInput(entity)]),
      ...only(created.has(entity), [names.createLinksInput, () => types.createLinksInput(entity)]),
      ...only(updated.has(entity), [names.updateLinksInput, () => types.updateLinksInput(entity)]),
    ];
  }

  #payloads(entity: Entity): readonly Way[] {
    const names = deriveTypeNames(entity.names);
    const { mutation: roots } = deriveRootNames(entity.names);
    const ways = [
      ['create', names.createPayload],
      ['update', names.updatePayload],
      ['upsert', names.upsertPayload],
      ['delete', names.deletePayload],
      ['restore', names.restorePayload],
      ['createMany', names.manyPayload],
      ['updateMany', names.manyPayload],
    ] as const;
    const offered = offeredWrites(entity);
    return ways
      .filter(([write]) => offered[write])
      .map(([write, name]) => [name, () => this.#mutation.typeOf(entity, roots[write])]);
  }

  #choices(entity: Entity): readonly Way[] {
    const types = this.#types;
    return entity.fields.flatMap((field): readonly Way[] => {
      if (field.type !== 'select' && field.type !== 'multi_select') return [];
      const names = deriveEnumNames(entity.names, field.key);
      return [
        [names.enum, () => types.choices(field, entity)],
        field.type === 'select'
          ? [names.filter, () => types.choiceFilter(field, entity)]
          : [names.listFilter, () => types.choiceListFilter(field, entity)],
      ];
    });
  }

  #keys(entity: Entity): readonly Way[] {
    const keys = readyKeys(entity);
    const isAsked = this.#linked().one.has(entity) || offeredWrites(entity).upsert;
    if (keys.length === 0 || !isAsked) return [];
    const input = () => this.#types.uniqueKeyInput(entity);
    return [
      [deriveTypeNames(entity.names).uniqueKey, input],
      // The value of a key of one field has no type of its own.
      ...keys
        .filter(({ fields }) => fields.filter((field) => !isAlias(field)).length > 1)
        .map(
          ({ key, name }): Way => [
            deriveKeyNames(entity.names, key).input,
            () => typeOf(input().getFields()[name]),
          ],
        ),
    ];
  }

  #linked(): Links {
    this.#links ??= findLinks(this.#types);
    return this.#links;
  }
}

/** Entities that others lead to. */
interface Links {
  /** In lists of records, by which records are filtered. */
  readonly connected: ReadonlySet<Entity>;
  /** By links that can be written: each, and those to many of a record that is created, or updated. */
  readonly one: ReadonlySet<Entity>;
  readonly created: ReadonlySet<Entity>;
  readonly updated: ReadonlySet<Entity>;
}

function findLinks({ registry }: SchemaTypes): Links {
  const [connected, one] = [new Set<Entity>(), new Set<Entity>()];
  const lists = { create: new Set<Entity>(), update: new Set<Entity>() };
  for (const entity of registry.entities) {
    for (const connection of connectionsOf(registry, entity)) connected.add(connection.entity);
    for (const field of entity.fields) {
      if (field.type !== 'link' && field.type !== 'links') continue;
      const target = targetOfLink(registry, field);
      for (const action of ['create', 'update'] as const) {
        if (!mayDo(entity, action) || !mayWrite(entity, action, field)) continue;
        one.add(target);
        if (field.type === 'links') lists[action].add(target);
      }
    }
  }
  return { connected, one, created: lists.create, updated: lists.update };
}

function isAbout({ names }: Entity, name: string): boolean {
  return name.includes(names.type) || name.toLowerCase().startsWith(names.plural.toLowerCase());
}

function only(condition: boolean, way: Way): readonly Way[] {
  return condition ? [way] : [];
}

function typeOf(field: GraphQLField<unknown, unknown> | GraphQLInputField | undefined) {
  return field && getNamedType(field.type);
}
