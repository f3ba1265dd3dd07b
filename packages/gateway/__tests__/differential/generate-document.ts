import type { GraphQLSchema } from 'graphql';
import type { Coverage } from './coverage.ts';
import { Draft, type WantedCursor } from './draft.ts';
import { selectionSet } from './generate-selections.ts';
import type { Model } from './model.ts';
import type { Random } from './random.ts';
import { type Sabotage, sabotages } from './sabotages.ts';
import type { Request } from './subject.ts';

export interface Generated {
  readonly request: Request;
  /** For {@link Coverage}. */
  readonly uses: readonly string[];
  readonly cursors: readonly WantedCursor[];
  readonly sabotage: Sabotage | null;
}

/** Modifiers that every run must have used, beside what the schema names. */
export const modifiers = [
  ...['an alias', '@skip', '@include', '__typename', 'a field twice, merged', 'several operations'],
  ...['a named fragment', 'an inline fragment', 'an inline fragment without a type', 'a fragment on Node'],
  ...['a variable', 'a default', 'a variable over a default', 'a variable that is not given'],
];

/** Longer ones take long, and are more than the gateway takes. */
const longest = 5000;

/** A random document that is valid, or has one thing wrong with it. */
export function generateDocument(
  model: Model,
  schema: GraphQLSchema,
  random: Random,
  coverage: Coverage,
): Generated {
  const name = random.chance(0.2)
    ? coverage.choose(
        random,
        sabotages.map((one) => one.name),
        (one) => one,
      )
    : null;
  const sabotage = sabotages.find((one) => one.name === name) ?? null;
  for (;;) {
    const draft = new Draft(model, schema, random, coverage, sabotage);
    const request = makeRequest(draft);
    const isDone = draft.sabotage === null || sabotage?.change !== undefined;
    if (!isDone || request.query.length > longest) continue;
    const changed = sabotage?.change?.(request) ?? request;
    return { request: changed, uses: draft.uses, cursors: draft.cursors, sabotage };
  }
}

function makeRequest(draft: Draft): Request {
  const { random, schema } = draft;
  const query = schema.getQueryType();
  if (!query) throw new Error('The schema has no query');
  const selection = selectionSet(draft, query, 1 + random.below(3));
  const declared = draft.declarations.length === 0 ? '' : `(${draft.declarations.join(', ')})`;
  const isNamed = declared !== '' || random.chance(0.3);
  const several = isNamed && random.chance(0.1);
  if (several) draft.use('several operations');
  const text = [
    isNamed ? `query Main${declared} ${selection}` : selection,
    ...draft.fragments,
    ...(several ? ['query Other { __typename }'] : []),
  ].join('\n');
  return { query: text, variables: draft.variables, operationName: several ? 'Main' : null };
}
