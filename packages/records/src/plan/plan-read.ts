import type { Row, Statement } from '@formwork/pg';
import { mapValue, type OpenValue, reusingPlan, type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity, Registry } from '@formwork/registry';
import type {
  AggregateArguments,
  AggregateSelection,
  ConnectionArguments,
  ConnectionSelection,
  Count,
  Question,
  RecordSelection,
  Values,
} from '../contract.ts';
import { compileGroups } from '../read/aggregate/group-query.ts';
import { type Answering, Unplannable, writeGroups } from '../read/answering.ts';
import { wantsPage, writeConnection } from '../read/assemble-connection.ts';
import { normalizeId } from '../read/bad-input.ts';
import { PageReader } from '../read/connection-reader.ts';
import { assertCount, countColumn, countRequests, toCount } from '../read/count.ts';
import { entityView, getColumn } from '../read/entity-view.ts';
import { compileKeyRead } from '../read/key-loader.ts';
import { keyPart } from '../read/key-text.ts';
import type { ReadLimits } from '../read/limits.ts';
import { type CursorContext, compileList } from '../read/list-query.ts';
import { SubSelects } from '../read/nested.ts';
import { compileRecordsRead } from '../read/read-back.ts';
import { readOutcome, type Search, searchOfFew, searchOutcome } from '../read/search.ts';
import { getText } from '../read/select-list.ts';
import { StatementScope } from '../read/statement-scope.ts';
import { findKey, ownKeyValues } from '../validate/own-names.ts';
import { ownValue } from '../validate/plain-object.ts';

/** A read whose statements are known before anything is asked of Postgres. It belongs to no tenant and holds no values. */
export interface PlannedRead {
  /** Throws a RecordError for values that the arguments cannot have. */
  readonly statements: (given: unknown) => readonly Statement[];
  /** The answer as text, of the rows of each statement. */
  readonly write: (results: readonly (readonly Row[])[], answering: Answering) => string;
  /** Characters of SQL. */
  readonly size: number;
}

/**
 * `endsOf`: what was made of the values that were left open, once all is written. Throws `Unplannable`, or a RecordError, for what has to be
 * read step by step, or is refused.
 */
export function planRead(
  registry: Registry,
  limits: ReadLimits,
  question: Question,
  endsOf: () => readonly OpenValue[],
): PlannedRead {
  const { fragments, reusesPlan, write } = planQuestion(registry, limits, question);
  const sent = new Set(fragments.flatMap(({ openValues }) => openValues));
  // What no statement has (of a list of which nothing is selected) is refused all the same where it is wrong.
  const unsent = endsOf().filter((end) => !sent.has(end));
  return {
    statements: (given) => {
      for (const value of unsent) value.of(given);
      return fragments.map((fragment) =>
        reusesPlan ? reusingPlan(fragment.fill(given)) : fragment.fill(given),
      );
    },
    write,
    size: fragments.reduce((sum, { text }) => sum + text.length, 0),
  };
}

interface Plan extends Pick<PlannedRead, 'write'> {
  readonly fragments: readonly SqlFragment[];
  /** See `Statement.reusesPlan`. */
  readonly reusesPlan: boolean;
}

function planQuestion(registry: Registry, limits: ReadLimits, question: Question): Plan {
  const entity = registry.entityByTypeName.get(question.typeName);
  if (entity === undefined) throw new Error(`The registry has no type "${question.typeName}"`);
  const scope = new StatementScope(registry, limits);
  switch (question.kind) {
    case 'record':
      return question.keyName === null
        ? planById(scope, entity, question.args['id'], question.selection)
        : planByKey(scope, entity, question.keyName, question.args, question.selection);
    case 'records':
      return planByIds(scope, entity, question.args['ids'], question.selection);
    case 'connection':
      return planConnection(scope, entity, question.args, question.selection);
    case 'aggregate':
      return planAggregate(scope, entity, question.args, question.selection);
  }
}

function nestingOf(scope: StatementScope, several: boolean, records: number): SubSelects {
  return new SubSelects({ cursors: unknownCursors }, { scope, several, records });
}

/** A cursor is one tenant's, so what it holds is left open. */
const unknownCursors: CursorContext = {
  get sealer(): never {
    throw new Unplannable('a cursor is read when its tenant is known');
  },
  tenantId: '',
  role: '',
};

function planById(scope: StatementScope, entity: Entity, id: unknown, selection: RecordSelection): Plan {
  const ids = mapValue(id, (known): readonly string[] => {
    const normal = normalizeId(String(known));
    if (normal === null) throw new Unplannable('an id of no record is not looked for');
    return [normal];
  });
  const nesting = nestingOf(scope, false, 1);
  const { statement, reader } = compileRecordsRead(entity, ids, selection, nesting);
  const write: Plan['write'] = ([rows], answering) => {
    answering.take(1);
    const [row] = rows ?? [];
    return row === undefined ? 'null' : reader.write(row, answering);
  };
  return { fragments: [statement], reusesPlan: !scope.nestsLists, write };
}

/** They are there, all of them: who asks has just written them. */
function planByIds(scope: StatementScope, entity: Entity, ids: unknown, selection: RecordSelection): Plan {
  const wanted = mapValue(ids, (known) => known as readonly string[]);
  const { statement, reader } = compileRecordsRead(entity, wanted, selection, nestingOf(scope, true, 1));
  const write: Plan['write'] = ([rows = []], answering) => {
    answering.take(rows.length);
    // Ids ascend in the order in which they were made.
    const sorted = rows.map((row) => [reader.idOf(row), row] as const).sort(([a], [b]) => (a < b ? -1 : 1));
    return `[${sorted.map(([, row]) => reader.write(row, answering)).join()}]`;
  };
  return { fragments: [statement], reusesPlan: true, write };
}

function planByKey(
  scope: StatementScope,
  entity: Entity,
  keyName: string,
  args: Values,
  selection: RecordSelection,
): Plan {
  const key = findKey(entity, keyName);
  if (key === undefined) throw new Error(`"${entity.names.type}" has no unique key "${keyName}"`);
  const view = entityView(entity);
  const values = ownKeyValues(key, args);
  const parts = key.fields.map(({ name }) => {
    const value = ownValue(values, name) ?? null;
    if (value === null) throw new Unplannable('a record without a part of its key may not be looked for');
    return mapValue<string, readonly string[]>(keyPart(getColumn(view, name), value, name), (text) => [text]);
  });
  const { statement, reader } = compileKeyRead(entity, key, parts, selection, nestingOf(scope, false, 1));
  const write: Plan['write'] = ([rows], answering) => {
    answering.take(1);
    const [row] = rows ?? [];
    return row === undefined ? 'null' : reader.write(row, answering);
  };
  return { fragments: [statement], reusesPlan: !scope.nestsLists, write };
}

function planConnection(
  scope: StatementScope,
  entity: Entity,
  args: ConnectionArguments,
  selection: ConnectionSelection,
): Plan {
  const search = args.search === undefined ? null : planSearch(scope, entity, args, selection);
  const query = compileList(scope, { entity }, args, unknownCursors, search);
  const requests = countRequests(selection);
  requests.forEach(assertCount);
  const nesting = nestingOf(scope, true, query.page.size);
  const reader = wantsPage(selection) ? new PageReader(query, selection, nesting) : null;
  const isAsked = {
    after: selection.pageInfo && query.hasAfter,
    before: selection.pageInfo && query.hasBefore,
  };
  const sides = (['after', 'before'] as const).filter((side) => isAsked[side]);
  const fragments = [
    ...(reader === null ? [] : [sql`select ${reader.columns} ${query.range} ${reader.limit}`]),
    ...sides.map((side) => sql`select ${query.outside(side)}::text`),
    ...requests.map((request) => countColumn(scope, query.all, request)),
    ...(search === null ? [] : [searchOutcome]),
  ];
  const write: Plan['write'] = (results, answering) => {
    const rest = [...results];
    if (search !== null && readOutcome(rest.pop() ?? []) !== 'few')
      throw new Unplannable('more match than are ranked, or there is no word in it');
    const page = reader === null ? null : reader.write(rest.shift() ?? [], answering);
    const outside = { after: false, before: false };
    for (const side of sides) outside[side] = rest.shift()?.[0]?.[0] === 'true';
    const counts = requests.map((request, index): Count => {
      const [row = []] = rest[index] ?? [];
      return toCount(request, Number(getText(row, 0)));
    });
    return writeConnection(query, page, outside, counts, selection);
  };
  return { fragments, reusesPlan: query.isLookUp && !scope.nestsLists, write };
}

/** Few match, as a rule; that they do is seen before anything is written. */
function planSearch(
  { limits }: StatementScope,
  entity: Entity,
  args: ConnectionArguments,
  { cursors, pageInfo }: ConnectionSelection,
): Search {
  // A cursor of ranked records holds the words.
  if ((cursors || pageInfo) && !args.orderBy?.length) throw new Unplannable('the words are not known yet');
  const search = searchOfFew(limits, entity, args);
  if (search === null) throw new Unplannable('how a search is answered depends on how much it finds');
  return search;
}

function planAggregate(
  scope: StatementScope,
  entity: Entity,
  args: AggregateArguments,
  selection: AggregateSelection,
): Plan {
  if (args.search !== undefined)
    throw new Unplannable('how a search is answered depends on how much it finds');
  const { reader, groups, order, limit } = compileGroups(scope, entity, null, args, selection, null, {
    trusting: true,
  });
  return {
    fragments: [sql`select ${reader.columns} ${groups}${order}${limit}`],
    reusesPlan: false,
    write: ([rows], answering) => writeGroups((rows ?? []).map(reader.read), selection, answering),
  };
}
