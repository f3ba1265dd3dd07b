import { Choice, type Draft } from './draft.ts';
import { cursorOf } from './generate-selections.ts';
import type { Request } from './subject.ts';

export type SabotagePlace = 'connection' | 'aggregate' | 'count' | 'document';

/** One thing that is wrong with a document: arguments in the place of others, or a change of the whole request. */
export interface Sabotage {
  readonly name: string;
  readonly place: SabotagePlace;
  readonly make: (draft: Draft, typeName: string) => Record<string, unknown>;
  readonly change?: (request: Request) => Request;
}

const onLists = (name: string, make: Sabotage['make']): Sabotage => ({ name, place: 'connection', make });
const onGroups = (name: string, make: Sabotage['make']): Sabotage => ({ name, place: 'aggregate', make });
const onCounts = (name: string, make: Sabotage['make']): Sabotage => ({ name, place: 'count', make });
const onAll = (name: string, change: (request: Request) => Request): Sabotage => ({
  name,
  place: 'document',
  make: () => ({}),
  change,
});

const where = (name: string, filter: unknown): Sabotage => onLists(name, () => ({ where: filter }));
const nested = (depth: number): object =>
  depth === 0 ? { id: { isNull: false } } : { not: nested(depth - 1) };
const directions = (name: string) => ({ [name]: new Choice('DESC') });
const dateOf = (typeName: string) => (typeName === 'Place' ? 'opened' : 'due');
const textOf = (typeName: string) => (typeName === 'Place' ? 'name' : 'title');

export const sabotages: readonly Sabotage[] = [
  onLists('first below 0', () => ({ first: -1 })),
  onLists('last below 0', () => ({ last: -5, first: null })),
  onLists('first and last', () => ({ first: 1, last: 1 })),
  onLists('a page too large', () => ({ first: 1001, last: null })),
  onLists('a last page too large', () => ({ last: 2000, first: null })),
  onLists('no cursor', (draft) => ({ after: draft.random.pick(['', 'x', 'bm8gY3Vyc29y', '\u{1f600}']) })),
  onLists('a cursor with something added', (draft, typeName) => ({
    orderBy: null,
    before: `${cursorOf(draft, typeName, null)}x`,
  })),
  onLists('a cursor of another ordering', (draft, typeName) => ({
    orderBy: [directions('createdAt')],
    after: cursorOf(draft, typeName, [directions('updatedAt')]),
  })),
  onLists('a cursor of another type', (draft, typeName) => ({
    orderBy: null,
    after: cursorOf(draft, typeName === 'Place' ? 'Thing' : 'Place', null),
  })),
  onLists('too many orderings', () => ({
    orderBy: Array.from({ length: 21 }, () => directions('createdAt')),
  })),
  onLists('an ordering of nothing', () => ({ orderBy: [{}] })),
  onLists('an ordering that is null', () => ({ orderBy: [{ id: null }] })),
  where('a filter that is null', null),
  where('an empty filter', {}),
  where('an empty operator', { id: {} }),
  where('an operand that is null', { createdAt: { gt: null } }),
  where('a list operand that is null', { version: { in: null } }),
  where('isNull of null', { id: { isNull: null } }),
  where('an empty and', { and: [] }),
  where('an empty or', { or: [] }),
  where('not null', { not: null }),
  where('no id', { id: { eq: 'x' } }),
  where('a list with what is no id', { id: { notIn: ['x'] } }),
  where('a filter too deep', nested(25)),
  where('too many conditions', { or: Array.from({ length: 260 }, () => ({ version: { eq: 1 } })) }),
  where('a span of nothing', { createdAt: { last: { days: 0 } } }),
  where('a span too long', { createdAt: { next: { years: 100000 } } }),
  where('a span of two units', { createdAt: { next: { days: 1, weeks: 1 } } }),
  where('an empty span', { updatedAt: { last: {} } }),
  where('no time zone', { createdAt: { last: { days: 1, timeZone: 'Nowhere/Else' } } }),
  where('a period of null', { createdAt: { during: null } }),
  onLists('a span of hours of a date', (_, typeName) => ({
    where: { [dateOf(typeName)]: { last: { hours: 3 } } },
  })),
  onLists('a text that cannot be stored', (_, typeName) => ({
    where: { [textOf(typeName)]: { contains: 'a\u0000' } },
  })),
  onLists('a link filter of nothing', (_, typeName) => ({
    where: { [typeName === 'Place' ? 'parent' : 'home']: {} },
  })),
  onLists('an empty quantifier', (_, typeName) => ({
    where: { [typeName === 'Place' ? 'children' : 'peers']: { some: {} } },
  })),
  onLists('a where of links that asks nothing', (_, typeName) => ({
    where: { [typeName === 'Place' ? 'children' : 'peers']: { where: { id: { isNull: false } } } },
  })),
  onLists('a place in JSON and nothing to compare', (_, typeName) => ({
    where:
      typeName === 'Place'
        ? { notes: { some: { extra: { at: { path: ['a'] } } } } }
        : { extra: { at: { path: [] } } },
  })),
  onGroups('groups below 0', () => ({ first: -2 })),
  onGroups('too many groups', () => ({ first: 1001 })),
  onGroups('groups of null', () => ({ where: null })),
  onGroups('having null', () => ({ having: null })),
  onGroups('having nothing', () => ({ having: {} })),
  onGroups('having an empty or', () => ({ having: { or: [] } })),
  onGroups('a least value of what has none', (_, typeName) => ({
    having: { min: typeName === 'Place' ? { id: { isNull: false } } : { done: { eq: true } } },
  })),
  onGroups('a least value of an empty and', () => ({ having: { max: { and: [] } } })),
  onGroups('a sum of text', (_, typeName) => ({
    orderBy: [{ sum: directions(textOf(typeName)) }],
    groupBy: [],
  })),
  onGroups('sorted by what is not grouped by', (_, typeName) => ({
    groupBy: [{ [textOf(typeName)]: true }],
    orderBy: [{ key: directions('id') }],
  })),
  onGroups('grouped by false', (_, typeName) => ({
    groupBy: [{ [textOf(typeName)]: false }],
    orderBy: null,
  })),
  onGroups('a time zone of a date', (_, typeName) => ({
    groupBy: [{ [dateOf(typeName)]: { part: new Choice('DAY'), timeZone: 'UTC' } }],
    orderBy: null,
  })),
  onGroups('groups of no time zone', () => ({
    groupBy: [{ createdAt: { part: new Choice('DAY'), timeZone: '+02' } }],
    orderBy: null,
  })),
  onGroups('too many steps of groups', () => ({
    groupBy: Array.from({ length: 21 }, () => ({ id: true })),
    orderBy: null,
  })),
  onCounts('a cap below 0', () => ({ mode: new Choice('CAPPED'), cap: -1 })),
  onCounts('a cap too large', () => ({ mode: new Choice('CAPPED'), cap: 1_000_001 })),
  onAll('no document', (request) => ({ ...request, query: `${request.query} }` })),
  onAll('an unknown field', (request) => ({
    ...request,
    query: request.query.replace('{', '{ nothingOfTheKind'),
  })),
  onAll('an unknown operation', (request) => ({ ...request, operationName: 'Another' })),
  onAll('a wrong literal', (request) => ({
    ...request,
    query: request.query.replace('{', '{ w: things(first: "1") { totalCount }'),
  })),
  onAll('a wrong date', (request) => ({
    ...request,
    query: request.query.replace('{', '{ w: things(where: { due: { eq: "2026-13-01" } }) { totalCount }'),
  })),
  onAll('a wrong variable', (request) => ({
    ...request,
    query: `query Wrong($wrong: Int) { places(first: $wrong) { totalCount } }`,
    operationName: null,
    variables: { wrong: 'x' },
  })),
  onAll('a wrong decimal in a variable', (request) => ({
    ...request,
    query: `query Wrong($wrong: Decimal) { places(where: { area: { eq: $wrong } }) { totalCount } }`,
    operationName: null,
    variables: { wrong: 'twelve' },
  })),
  onAll('a key with no id', (request) => ({
    ...request,
    query: '{ thingByAtHome(home: "x", position: 1) { id } things { totalCount } }',
    operationName: null,
    variables: {},
  })),
  onAll('a missing variable', (request) => ({
    ...request,
    query: `query Wrong($wrong: ID!) { place(id: $wrong) { id } }`,
    operationName: null,
    variables: {},
  })),
  onAll('too many aliases', (request) => ({
    ...request,
    operationName: null,
    variables: {},
    query: `{ ${Array.from({ length: 201 }, (_, at) => `a${at}: __typename`).join(' ')} } # too large`,
  })),
  onAll('a document too deep', (request) => ({
    ...request,
    operationName: null,
    variables: {},
    query: `{ place(id: "x") ${'{ parent '.repeat(22)} { id } ${'}'.repeat(22)} } # too large`,
  })),
];
