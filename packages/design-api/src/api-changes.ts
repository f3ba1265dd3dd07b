import { createRegistry, type Registry, type Steps, toEnd } from '@formwork/registry';
import type { CheckedChange } from '@formwork/registry-store';
import { findBreakingChanges, findDangerousChanges, type GraphQLNamedType, GraphQLSchema } from 'graphql';

/** The GraphQL API of a registry, which another room makes. */
export interface ApiBuilder {
  /** With all of its types, in steps. */
  build(registry: Registry): Steps<GraphQLSchema>;
  sdl(registry: Registry): Steps<string>;
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
  return toEnd(findApiChangesInSteps(before, after));
}

/** Types that are compared at a step. */
const atOnce = 50;

/** The same in steps. */
export function* findApiChangesInSteps(
  before: GraphQLSchema,
  after: GraphQLSchema,
): Steps<readonly ApiChange[]> {
  const as =
    (level: Level) =>
    ({ type, description }: { readonly type: string; readonly description: string }): ApiChange => ({
      level,
      type,
      message: description,
    });
  const [was, is] = [before.getTypeMap(), after.getTypeMap()];
  const kept = Object.keys(was).filter((name) => name in is);
  // What has gone or is new is told first.
  const parts = [[...Object.keys(was), ...Object.keys(is)].filter((name) => !(name in was && name in is))];
  for (let from = 0; from < kept.length; from += atOnce) parts.push(kept.slice(from, from + atOnce));
  const breaking: ApiChange[] = [];
  const dangerous: ApiChange[] = [];
  for (const names of parts) {
    const some = [new SomeTypes(was, names), new SomeTypes(is, names)] as const;
    breaking.push(...findBreakingChanges(...some).map(as('BREAKING')));
    dangerous.push(...findDangerousChanges(...some).map(as('DANGEROUS')));
    yield;
  }
  return [...breaking, ...dangerous];
}

/** A schema as far as it has these types, to be compared with another. */
class SomeTypes extends GraphQLSchema {
  readonly #types: Record<string, GraphQLNamedType>;

  constructor(all: Readonly<Record<string, GraphQLNamedType>>, names: readonly string[]) {
    super({ assumeValid: true });
    this.#types = Object.fromEntries(
      names.flatMap((name) => (name in all ? [[name, all[name] as GraphQLNamedType]] : [])),
    );
  }

  override getTypeMap(): Record<string, GraphQLNamedType> {
    return this.#types;
  }
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
export function* apiChangesOf(
  api: ApiBuilder,
  { before, partOf }: Pick<CheckedChange, 'before' | 'partOf'>,
  count: number,
): Steps<readonly (readonly ApiChange[])[]> {
  const entities = (before?.entities.length ?? 0) * count;
  const isEach = count <= mostBuilds && entities <= mostEntities;
  let schema = yield* api.build(before ?? emptyRegistry());
  const all: (readonly ApiChange[])[] = [];
  for (let index = 0; index < count; index += 1) {
    all.push([]);
    if (!isEach && index < count - 1) continue;
    const part = yield* partOf(index + 1);
    if (part === null) continue;
    const next = yield* api.build(part);
    all[index] = yield* findApiChangesInSteps(schema, next);
    schema = next;
  }
  return all;
}

export function emptyRegistry(): Registry {
  const made = createRegistry({ formwork: 1, entities: [] });
  if ('problems' in made) throw new Error('A registry may be empty');
  return made.registry;
}
