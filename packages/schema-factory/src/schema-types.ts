import type { Entity, Field, Registry } from '@formwork/registry';
import type { GraphQLEnumType, GraphQLInputObjectType, GraphQLNamedType, GraphQLObjectType } from 'graphql';
import { buildGroupBy } from './aggregate-inputs.ts';
import { buildAggregate, buildAggregateExtremes, buildAggregateNumbers } from './aggregate-types.ts';
import { buildChoiceFilter, buildChoiceListFilter, buildChoices } from './choices.ts';
import { buildConnection } from './connections.ts';
import { buildConnectionFilter, buildEntityFilter } from './entity-filters.ts';
import { noExtensions } from './lean.ts';
import { buildCreateLinksInput, buildLinkInput, buildUpdateLinksInput } from './link-inputs.ts';
import { buildObjectType } from './object-types.ts';
import { buildOrder } from './orders.ts';
import { buildManyPayload } from './payloads.ts';
import { buildTransitions } from './transitions.ts';
import { buildUniqueKeyInput } from './unique-keys.ts';
import { buildCreateInput, buildUpdateInput } from './write-inputs.ts';

/**
 * The types of one schema while it is built: each is made when it is first asked for, and once, since GraphQL wants
 * one object for one name. Their fields are thunks, so that types may refer to each other in circles.
 */
export interface SchemaTypes {
  readonly registry: Registry;
  /** Those that there are by now. */
  readonly made: readonly GraphQLNamedType[];
  readonly object: (entity: Entity) => GraphQLObjectType;
  readonly connection: (entity: Entity) => GraphQLObjectType;
  readonly manyPayload: (entity: Entity) => GraphQLObjectType;
  readonly filter: (entity: Entity) => GraphQLInputObjectType;
  readonly connectionFilter: (entity: Entity) => GraphQLInputObjectType;
  readonly order: (entity: Entity) => GraphQLInputObjectType;
  readonly linkInput: (entity: Entity) => GraphQLInputObjectType;
  readonly createInput: (entity: Entity) => GraphQLInputObjectType;
  readonly updateInput: (entity: Entity) => GraphQLInputObjectType;
  readonly createLinksInput: (entity: Entity) => GraphQLInputObjectType;
  readonly updateLinksInput: (entity: Entity) => GraphQLInputObjectType;
  readonly uniqueKeyInput: (entity: Entity) => GraphQLInputObjectType;
  readonly aggregate: (entity: Entity) => GraphQLObjectType;
  readonly aggregateNumbers: (entity: Entity) => GraphQLObjectType;
  readonly aggregateExtremes: (entity: Entity) => GraphQLObjectType;
  readonly groupBy: (entity: Entity) => GraphQLInputObjectType;
  readonly transitions: (entity: Entity) => GraphQLObjectType;
  readonly choices: (field: Field, entity: Entity) => GraphQLEnumType;
  readonly choiceFilter: (field: Field, entity: Entity) => GraphQLInputObjectType;
  readonly choiceListFilter: (field: Field, entity: Entity) => GraphQLInputObjectType;
}

export function createSchemaTypes(registry: Registry): SchemaTypes {
  const made: GraphQLNamedType[] = [];
  const note = (type: GraphQLNamedType) => {
    type.extensions = noExtensions;
    made.push(type);
  };
  const once = <Subject, Rest extends readonly unknown[], T extends GraphQLNamedType>(
    build: (subject: Subject, ...rest: Rest) => T,
  ) => makeOnce(build, note);
  const object = once((entity: Entity) => buildObjectType(types, entity));
  const types: SchemaTypes = {
    registry,
    made,
    // An entity under another name has the same records.
    object: (entity) => object(registry.entityByKey.get(entity.key) ?? entity),
    connection: once((entity) => buildConnection(types, entity)),
    manyPayload: once((entity) => buildManyPayload(types, entity)),
    filter: once((entity) => buildEntityFilter(types, entity)),
    connectionFilter: once((entity) => buildConnectionFilter(types, entity)),
    order: once((entity) => buildOrder(types, entity)),
    linkInput: once((entity) => buildLinkInput(types, entity)),
    createInput: once((entity) => buildCreateInput(types, entity)),
    updateInput: once((entity) => buildUpdateInput(types, entity)),
    createLinksInput: once((entity) => buildCreateLinksInput(types, entity)),
    updateLinksInput: once((entity) => buildUpdateLinksInput(types, entity)),
    uniqueKeyInput: once((entity) => buildUniqueKeyInput(types, entity)),
    aggregate: once((entity) => buildAggregate(types, entity)),
    aggregateNumbers: once((entity) => buildAggregateNumbers(entity)),
    aggregateExtremes: once((entity) => buildAggregateExtremes(types, entity)),
    groupBy: once((entity) => buildGroupBy(types, entity)),
    transitions: once((entity) => buildTransitions(types, entity)),
    choices: once((field, entity) => buildChoices(field, entity)),
    choiceFilter: once((field, entity) => buildChoiceFilter(types, field, entity)),
    choiceListFilter: once((field, entity) => buildChoiceListFilter(types, field, entity)),
  };
  return types;
}

/** Makes a type for the first argument, once. */
function makeOnce<Subject, Rest extends readonly unknown[], T>(
  build: (subject: Subject, ...rest: Rest) => T,
  tell: (made: T) => void,
): (subject: Subject, ...rest: Rest) => T {
  const made = new Map<Subject, T>();
  return (subject, ...rest) => {
    let type = made.get(subject);
    if (type === undefined) {
      type = build(subject, ...rest);
      made.set(subject, type);
      tell(type);
    }
    return type;
  };
}
