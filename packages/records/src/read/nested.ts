import { DatabaseError } from '@formwork/pg';
import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import { type LinkSelection, RecordError, type RecordSelection } from '../contract.ts';
import { wantsPage } from './assemble-connection.ts';
import { columnOf } from './comparable.ts';
import { entityView, getColumn } from './entity-view.ts';
import { findLinkPath, type LinkPath } from './link-path.ts';
import { compileNestedAggregate } from './nested-aggregate.ts';
import { compileNestedConnection } from './nested-connection.ts';
import { Asked } from './nested-values.ts';
import { readPage } from './page.ts';
import type { ReadContext } from './read-context.ts';
import { cellsOf, type NestedValue, type Nesting, SelectList, selectRecord } from './select-list.ts';
import type { StatementScope } from './statement-scope.ts';

/** The statement whose records are selected with what is behind their links. */
export interface NestingStatement {
  readonly scope: StatementScope;
  /** It reads the links of more than one record. */
  readonly several: boolean;
  /** How many records it gives at most. */
  readonly records: number;
}

/**
 * Reads records with what is behind their links, unless loaders are to read that. Where Postgres refuses a statement over
 * a value that it computes in there, records are read without, and the loader fails at the field that asked for it.
 */
export async function readNesting<T>(
  context: ReadContext,
  statement: NestingStatement,
  read: (nesting: Nesting | null) => Promise<T>,
): Promise<T> {
  if (!context.nests) return read(null);
  try {
    return await read(new SubSelects(context, statement));
  } catch (error) {
    if (error instanceof DatabaseError && isRefusal(error)) return read(null);
    throw error;
  }
}

/** Of the classes "data exception" and "program limit exceeded". */
function isRefusal({ sqlstate }: DatabaseError): boolean {
  return sqlstate?.startsWith('22') === true || sqlstate?.startsWith('54') === true;
}

/**
 * Selects what is behind links in the same statement, by correlated sub-selects that give JSON. (Joins chose a plan
 * five times as slow.)
 */
export class SubSelects implements Nesting {
  readonly #context: Pick<ReadContext, 'cursors'>;
  readonly #statement: NestingStatement;

  constructor(context: Pick<ReadContext, 'cursors'>, statement: NestingStatement) {
    this.#context = context;
    this.#statement = statement;
  }

  select(
    list: SelectList,
    entity: Entity,
    alias: SqlFragment,
    links: readonly LinkSelection[],
  ): readonly NestedValue[] {
    return links.flatMap((link) => {
      if (list.isFull) return [];
      try {
        return this.#select(list, entity, alias, link) ?? [];
      } catch (error) {
        // What is refused is refused by the loader again, at the field that asks for it; the record itself is fine.
        if (error instanceof RecordError) return [];
        throw error;
      }
    });
  }

  /** Null where the statement would become too large, and where something has to be asked first. */
  #select(list: SelectList, entity: Entity, alias: SqlFragment, link: LinkSelection): NestedValue | null {
    if (link.record !== undefined) return this.#selectRecord(list, entity, alias, link, link.record);
    const path = findLinkPath(this.#statement.scope, entity, link.field);
    if (path === null) throw new Error(`"${entity.key}" has no links "${link.field}"`);
    return this.#selectMany(list, path, sql`${alias}.id`, link);
  }

  #selectRecord(
    list: SelectList,
    entity: Entity,
    alias: SqlFragment,
    link: LinkSelection,
    selection: RecordSelection,
  ): NestedValue | null {
    const { scope, records } = this.#statement;
    if (!scope.reserveNested(records)) return null;
    const { column, field } = getColumn(entityView(entity), link.field);
    const view = entityView(scope.entity(field?.options.target));
    const [target, inner] = [scope.alias(), new SelectList()];
    const reader = selectRecord(inner, view, target, selection, this);
    const number = list.nest(
      sql`(select ${inner.json} from ${view.name} ${target} where ${target}.id = ${columnOf(alias, column)})`,
    );
    return {
      number,
      asked: Asked.of(link),
      read: (json) => (json === null ? null : reader.read(cellsOf(json))),
      write: (json, answering) => {
        answering.take(1);
        return json === null ? 'null' : reader.write(cellsOf(json), answering);
      },
    };
  }

  #selectMany(list: SelectList, path: LinkPath, near: SqlFragment, link: LinkSelection): NestedValue | null {
    const { scope, several, records } = this.#statement;
    const { connection, aggregate } = link;
    // How a search is answered depends on how much it matches.
    if ((connection ?? aggregate)?.args.search !== undefined) return null;
    const first = (connection ?? aggregate)?.args.first ?? null;
    const isPage = connection === undefined || wantsPage(connection.selection);
    const inAll = records * (isPage ? readPage(connection?.args ?? { first }, scope.limits).size : 1);
    if (!scope.reserveNested(inAll)) return null;
    scope.nestsLists = true;
    if (aggregate !== undefined) {
      const nested = compileNestedAggregate(scope, path, near, aggregate.args, aggregate.selection);
      return { ...nested, number: list.nest(nested.json), asked: Asked.of(link) };
    }
    if (connection === undefined) throw new Error(`Nothing is selected of the link "${link.field}"`);
    const inner = new SubSelects(this.#context, { scope, several: true, records: inAll });
    const start = { entity: path.entity, link: { path, near, several } };
    const { args, selection } = connection;
    const nested = compileNestedConnection(this.#context, scope, inner, start, args, selection);
    return { ...nested, number: list.nest(nested.json), asked: Asked.of(link) };
  }
}
