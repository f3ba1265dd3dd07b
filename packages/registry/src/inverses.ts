import type { Identities } from './aliases/identities.ts';
import type { Draft, DraftEntity, DraftField } from './draft.ts';
import { camelName, proposePlural } from './names.ts';
import { isReservedName } from './reserved-names.ts';

/** How a link is followed back: the field `inverse` on `target`, of all `source` whose `field` leads there. */
export interface ResolvedInverse {
  readonly source: string;
  readonly field: string;
  readonly target: string;
  readonly inverse: string;
  /** Of the linking field in the document. */
  readonly path: string;
}

/**
 * The inverse of every link that has one: as the document says; else as it is today, so that a new link never renames
 * an old way back; else proposed: "flights", or "flights_by_origin" where that is taken, "parent_of" within an entity.
 */
export function resolveInverses(draft: Draft, identities: Identities): readonly ResolvedInverse[] {
  const links = draft.entities.flatMap((entity) =>
    entity.fields.flatMap((field) => linkOf(entity, field, identities)),
  );
  const taken = new Set(['']);
  for (const { key, fields } of draft.entities) {
    for (const field of fields) {
      taken.add(claim(key, field.key));
    }
  }
  // Those that are said come first, then those that are there today, then proposals.
  for (const { target, wish } of links) {
    if (typeof wish === 'string') {
      taken.add(claim(target, wish));
    }
  }
  const settled = links.map((link) => {
    const inverse = link.wish === undefined ? takeFirst(taken, link.target, link.today) : link.wish;
    return { ...link, wish: inverse };
  });
  return settled.flatMap(({ wish, today: _, proposals, ...link }) => {
    const inverse = wish === undefined ? takeFirst(taken, link.target, proposals) : wish;
    return inverse == null ? [] : [{ ...link, inverse }];
  });
}

/** The first that is free on the target, which it then no longer is. */
function takeFirst(taken: Set<string>, target: string, keys: Iterable<string>): string | undefined {
  for (const key of keys) {
    if (!taken.has(claim(target, key))) {
      taken.add(claim(target, key));
      return key;
    }
  }
  return undefined;
}

/** "flights", "flights_by_origin", "flights_by_origin_2" …; within an entity "parent_of". Never ends. */
function* propose(source: string, target: string, plural: string, field: string): Iterable<string> {
  if (source !== target) {
    yield plural;
  }
  const base = source === target ? `${field}_of` : `${plural}_by_${field}`;
  yield base;
  for (let number = 2; ; number++) {
    yield `${base}_${number}`;
  }
}

interface Link extends Omit<ResolvedInverse, 'inverse'> {
  readonly wish: string | null | undefined;
  readonly today: readonly string[];
  readonly proposals: Iterable<string>;
}

function linkOf(
  entity: DraftEntity,
  { document, path, key, named }: DraftField,
  identities: Identities,
): readonly Link[] {
  const target = document?.options?.target;
  if (target === undefined || !named) {
    return [];
  }
  const plural = entity.document.plural ?? proposePlural(entity.key);
  const now = identities.fieldOf(entity.key, key)?.options;
  const same = identities.isSameTarget(now?.target, target) ? now?.inverse : undefined;
  const wish = document?.options?.inverse === undefined && same === null ? null : document?.options?.inverse;
  return [
    {
      source: entity.key,
      field: key,
      target,
      path,
      wish,
      today: typeof same === 'string' ? [same] : [],
      proposals: propose(entity.key, target, plural, key),
    },
  ];
}

/** Names are compared as GraphQL has them; a reserved one is as good as taken. */
function claim(entity: string, key: string): string {
  const name = camelName(key);
  return isReservedName('field', name) ? '' : `${entity} ${name}`;
}
