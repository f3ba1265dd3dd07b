import type { Entity } from '@formwork/registry';
import { type GraphQLFieldConfigMap, type GraphQLNamedType, GraphQLObjectType, getNamedType } from 'graphql';
import { bulkMutations } from './bulk-mutations.ts';
import type { SchemaContext } from './context.ts';
import { lean } from './lean.ts';
import { offeredWrites } from './offered-writes.ts';
import { recordMutations } from './record-mutations.ts';
import type { SchemaTypes } from './schema-types.ts';
import { withDeprecation } from './served-registry.ts';

type Fields = GraphQLFieldConfigMap<unknown, SchemaContext>;

/** Their fields are made in some ten milliseconds. */
const fewEntities = 50;

/** The type of mutations. The fields of an entity are made when they are asked for, once, or with all others. */
export class MutationType {
  readonly #types: SchemaTypes;
  /** Until the type has them. */
  readonly #made = new Map<Entity, Fields>();
  /** Null until it was asked for. */
  #type: { readonly type: GraphQLObjectType | undefined } | null = null;
  #hasFields = false;

  constructor(types: SchemaTypes) {
    this.#types = types;
  }

  /** Undefined where nothing can be written: GraphQL knows no type without fields. */
  get type(): GraphQLObjectType | undefined {
    this.#type ??= { type: this.#build() };
    return this.#type.type;
  }

  /** As far as it was asked for. */
  get made(): readonly GraphQLNamedType[] {
    const type = this.#type?.type;
    return type ? [type] : [];
  }

  /** What an entity's mutation of that name answers with; undefined where there is none. */
  typeOf(entity: Entity, name: string): GraphQLNamedType | undefined {
    const field = this.#hasFields ? this.type?.getFields()[name] : this.#fieldsOf(entity)[name];
    return field && getNamedType(field.type);
  }

  /** Whether it takes long to make the fields that are not made yet. */
  get isLong(): boolean {
    return !this.#hasFields && this.#types.registry.entities.length - this.#made.size > fewEntities;
  }

  /** Makes the fields, those of an entity at a step: of 300 entities they are some thousands. */
  *makeAll(): Generator<void> {
    for (const entity of this.#types.registry.entities) {
      if (this.#hasFields) return;
      this.#fieldsOf(entity);
      yield;
    }
  }

  #fieldsOf(entity: Entity): Fields {
    let fields = this.#made.get(entity);
    if (fields === undefined) {
      const [one, many] = [recordMutations(this.#types, entity), bulkMutations(this.#types, entity)];
      fields = withDeprecation({ ...one, ...many }, entity);
      this.#made.set(entity, fields);
    }
    return fields;
  }

  #build(): GraphQLObjectType | undefined {
    const { entities } = this.#types.registry;
    if (!entities.some(hasWrites)) return undefined;
    return new GraphQLObjectType<unknown, SchemaContext>({
      name: 'Mutation',
      description:
        'All mutations of one operation are one transaction: either all of them happen or none. ' +
        'A write by filter does nothing where more than `atMost` records match; one with `ifVersion` nothing where the ' +
        '`version` of the record, which goes up with every change, is another by now. An upsert changes the record that has the ' +
        'key, or creates it.',
      fields: () => {
        const fields = entities.map((entity) => this.#fieldsOf(entity));
        this.#made.clear();
        this.#hasFields = true;
        return lean(Object.assign({}, ...fields));
      },
    });
  }
}

function hasWrites(entity: Entity): boolean {
  return Object.values(offeredWrites(entity)).some(Boolean);
}
