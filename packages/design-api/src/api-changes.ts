import { applyChanges, type Change, createRegistry, type Registry } from '@formwork/registry';
import { findBreakingChanges, findDangerousChanges, type GraphQLSchema } from 'graphql';

/** The GraphQL API of a registry, which another room makes. */
export interface ApiBuilder {
  build(registry: Registry): GraphQLSchema;
  print(schema: GraphQLSchema): string;
}

export type Level = 'SAFE' | 'DANGEROUS' | 'BREAKING';

/** What a change does to clients, as graphql-js finds it. */
export interface ApiChange {
  readonly level: Level;
  /** As graphql-js calls it: "FIELD_REMOVED". */
  readonly type: string;
  readonly message: string;
}

/** What changes for clients between two schemas; breaking changes first. */
export function findApiChanges(before: GraphQLSchema, after: GraphQLSchema): readonly ApiChange[] {
  const as =
    (level: Level) =>
    ({ type, description }: { readonly type: string; readonly description: string }): ApiChange => ({
      level,
      type,
      message: description,
    });
  return [
    ...findBreakingChanges(before, after).map(as('BREAKING')),
    ...findDangerousChanges(before, after).map(as('DANGEROUS')),
  ];
}

export function levelOf(changes: readonly ApiChange[]): Level {
  if (changes.some(({ level }) => level === 'BREAKING')) return 'BREAKING';
  return changes.length > 0 ? 'DANGEROUS' : 'SAFE';
}

/** Schemas that are built to say which change of a list does what; beyond that the list is looked at as a whole. */
const mostBuilds = 50;
/** Entities in all of them. */
const mostEntities = 1_000;

/**
 * What each change of a list does to clients, by its place: the difference between the schemas before and after it.
 * Where the registry makes no sense until a later change is done, that one has what they do together.
 */
export function apiChangesOf(
  api: ApiBuilder,
  before: Registry | null,
  changes: readonly Change[],
): readonly (readonly ApiChange[])[] {
  const empty = changes.map((): readonly ApiChange[] => []);
  const entities = (before?.entities.length ?? 0) * changes.length;
  const isEach = changes.length <= mostBuilds && entities <= mostEntities;
  let schema = api.build(before ?? emptyRegistry());
  return empty.map((none, index) => {
    if (!isEach && index < changes.length - 1) return none;
    const applied = applyChanges(before, changes.slice(0, index + 1));
    if ('problems' in applied) return none;
    const next = api.build(applied.registry);
    const found = findApiChanges(schema, next);
    schema = next;
    return found;
  });
}

export function emptyRegistry(): Registry {
  const made = createRegistry({ formwork: 1, entities: [] });
  if ('problems' in made) throw new Error('A registry may be empty');
  return made.registry;
}
