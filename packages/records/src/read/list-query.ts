import { OpenValue, type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { ConnectionArguments } from '../contract.ts';
import type { CursorPlace, CursorSealer } from './cursor.ts';
import { entityView } from './entity-view.ts';
import { firstByKeys, mayLeaveMany } from './first-by-keys.ts';
import { beyond, type CursorValue, indexCondition, orderByClause, type Side } from './keyset.ts';
import type { LinkPath } from './link-path.ts';
import { compileOrder, type Ordering } from './order.ts';
import { type Page, readPage } from './page.ts';
import { compileSearch, type Reading, type Search } from './search.ts';
import { compileRank } from './search-order.ts';
import { slotsAlone } from './slots-alone.ts';
import type { StatementScope } from './statement-scope.ts';
import { compileWhere } from './where.ts';

/** What cursors need to know of the request. */
export interface CursorContext {
  readonly sealer: CursorSealer;
  readonly tenantId: string;
  readonly role: string;
}

/** A list of records with its arguments understood: everything of a connection but what is selected of it. */
export interface ListQuery {
  readonly entity: Entity;
  readonly alias: SqlFragment;
  readonly page: Page;
  readonly ordering: Ordering;
  readonly hasAfter: boolean;
  readonly hasBefore: boolean;
  /** `from … where …` of the records in the range of the cursors, in order: `limit` can follow. */
  readonly range: SqlFragment;
  /** The order of the rows of `range`, for whoever has to number them. */
  readonly rowOrder: SqlFragment;
  /** `from … where …` of all records of the list. */
  readonly all: SqlFragment;
  /**
   * Whether there are records at a cursor or on its far side, which are not in the range. The nearest is looked for:
   * a bare `exists` may be planned as a scan that hopes to meet one soon.
   */
  readonly outside: (side: Side) => SqlFragment;
  /** It is found by words and read by its ids, so one plan is the best for all of them: see `Statement.reusesPlan`. */
  readonly isLookUp: boolean;
}

/** Where a list starts: all records of an entity, or those behind a link of the record with this id. */
export interface ListStart {
  readonly entity: Entity;
  readonly link?: {
    readonly path: LinkPath;
    readonly near: SqlFragment;
    /** The statement asks for the links of more than one record. */
    readonly several: boolean;
  };
}

/**
 * Checks the arguments and writes the pieces of SQL that they mean. Throws `RecordError` for bad ones. `search`: what
 * `openSearch` made of the one in the arguments.
 */
export function compileList(
  scope: StatementScope,
  start: ListStart,
  args: ConnectionArguments,
  cursors: CursorContext,
  search: Search | null,
): ListQuery {
  const { entity } = start;
  const page = readPage(args, scope.limits);
  const alias = scope.alias();
  const ordering =
    search && !args.orderBy?.length
      ? compileRank(scope, start, alias, search)
      : compileOrder(scope, entity, alias, args.orderBy ?? [], 'orderBy');
  const where =
    args.where === undefined ? null : compileWhere({ scope, entity, alias, depth: 0 }, args.where, 'where');
  const { tables, join } = tablesOf(start, alias, ordering);
  const matching = (reads: Reading) => {
    const isFound = reads === 'some' && ordering.tables !== undefined;
    const all = allOf([where, search && !isFound ? compileSearch(start, alias, search, reads) : null]);
    return [join, all && start.link?.several ? sql`(${all}) is true` : all];
  };
  const cursor = (name: Side) => readCursor(cursors, { entity, ordering }, args[name], name);
  const after = cursor('after');
  const before = cursor('before');
  const filtered = matching('some');
  const rowOrder = orderByClause(ordering, page.backward);
  const within = [
    ...filtered,
    indexCondition(ordering),
    after && beyond(ordering, after, 'after'),
    before && beyond(ordering, before, 'before'),
  ];
  const source = sql`${ordering.tables ?? tables}${ordering.joins}`;
  const range = sql`from ${source}${whereClause(within)} order by ${rowOrder}`;
  return {
    entity,
    alias,
    page,
    ordering,
    hasAfter: after !== null,
    hasBefore: before !== null,
    range:
      start.link === undefined && search === null && mayLeaveMany(entity, ordering, args.where ?? undefined)
        ? firstByKeys(scope, entity, alias, ordering, { range, size: page.size + 1, reversed: page.backward })
        : range,
    rowOrder,
    all:
      (search === null && start.link === undefined && slotsAlone(entity, alias, where)) ||
      sql`from ${tables}${whereClause(matching('all'))}`,
    outside: (side) => {
      const values = side === 'after' ? after : before;
      const rest = values && beyond(ordering, values, side === 'after' ? 'before' : 'after', true);
      const beyondCursor = whereClause([...filtered, indexCondition(ordering), rest]);
      const nearest = orderByClause(ordering, side === 'after');
      return sql`exists (select from (select ${alias}.id from ${source}${beyondCursor}
        order by ${nearest} limit 1) ${scope.alias()})`;
    },
    isLookUp: ordering.tables !== undefined && where === null && !entity.access?.read,
  };
}

/**
 * Where the records come from. For the links of several records only the index of the link will do (see `LinkPath`): it
 * has them in the order of their ids, so there only the filter is kept from other indexes, by `is true`.
 */
function tablesOf({ entity, link }: ListStart, alias: SqlFragment, ordering: Ordering) {
  if (link === undefined) return { tables: sql`${entityView(entity).name} ${alias}`, join: null };
  const isById = ordering.steps[0]?.column.name === 'id';
  return link.path.from(link.near, alias, link.several && !isById);
}

/** Where a cursor of the list is good for. */
export function placeOf(
  { tenantId, role }: Pick<CursorContext, 'tenantId' | 'role'>,
  { entity, ordering }: Pick<ListQuery, 'entity' | 'ordering'>,
): CursorPlace {
  return { tenantId, role, entity: entity.storageKey, signature: ordering.signature };
}

/** The values that a cursor holds, one for each step of the ordering; null where there is no cursor. */
function readCursor(
  cursors: CursorContext,
  list: Pick<ListQuery, 'entity' | 'ordering'>,
  cursor: unknown,
  name: Side,
): readonly CursorValue[] | null {
  if (cursor === null || cursor === undefined) return null;
  if (!(cursor instanceof OpenValue))
    return cursors.sealer.read(placeOf(cursors, list), String(cursor), name);
  const values = cursor.map((text, given: CursorReader) =>
    given.once(list, () => given.cursors.sealer.read(placeOf(given.cursors, list), String(text), name)),
  );
  return list.ordering.steps.map((_, index) => values.map((texts) => texts[index] ?? null));
}

/** What the values of a cursor are read with, where a statement is written before there is one. */
export interface CursorReader {
  readonly cursors: CursorContext;
  /** Reads the cursor once, however many values are taken from it. `key`: an object of the cursor's own. */
  readonly once: (key: object, read: () => readonly (string | null)[]) => readonly (string | null)[];
}

function allOf(conditions: readonly (SqlFragment | null)[]): SqlFragment | null {
  const given = conditions.filter((condition) => condition !== null);
  return given.length === 0 ? null : sql.join(given, ' and ');
}

function whereClause(conditions: readonly (SqlFragment | null)[]): SqlFragment {
  const all = allOf(conditions);
  return all === null ? sql`` : sql` where ${all}`;
}
