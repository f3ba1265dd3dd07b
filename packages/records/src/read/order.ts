import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { type Entity, quote } from '@formwork/registry';
import { RecordError, type Values } from '../contract.ts';
import { compileLinkedSort } from './aggregate/linked-aggregate.ts';
import { badInput } from './bad-input.ts';
import { columnOf } from './comparable.ts';
import { type Direction, directionOf } from './direction.ts';
import { entityView, type ViewColumn } from './entity-view.ts';
import { findLinkPath, type LinkPath } from './link-path.ts';
import { onlyEntry } from './only-entry.ts';
import { type SortTerm, sortTerms } from './sort-terms.ts';
import type { StatementScope } from './statement-scope.ts';

/** How a list is sorted: a total order, because the id comes last. */
export interface Ordering {
  /** Linked records that are sorted by: `left join …` for each, or nothing. */
  readonly joins: SqlFragment;
  /** Where the records come from, if that is where what they are sorted by comes from: a search. */
  readonly tables?: SqlFragment;
  readonly steps: readonly SortStep[];
  /** What the ordering is, by storage keys: a cursor fits only the ordering that it was made for. */
  readonly signature: string;
}

/** One value that is sorted by. A cursor holds the text of each. */
export interface SortStep {
  readonly value: SqlFragment;
  readonly column: ViewColumn;
  readonly terms: readonly SortTerm[];
}

/** The ordering of records of the entity under the alias. Throws BAD_USER_INPUT for what cannot be sorted by. */
export function compileOrder(
  scope: StatementScope,
  entity: Entity,
  alias: SqlFragment,
  orderBy: readonly Values[],
  path: string,
): Ordering {
  const limit = scope.limits.orderings;
  if (orderBy.length > limit) {
    throw new RecordError('LIMIT_EXCEEDED', `${quote(path)} may have at most ${limit} steps.`, {
      path,
      limit,
      found: orderBy.length,
    });
  }
  const order = new OrderWalk(scope);
  orderBy.forEach((step, index) => {
    order.add(entity, alias, step, `${path}[${index}]`, '');
  });
  return order.finish(entity, alias);
}

class OrderWalk {
  readonly #scope: StatementScope;
  /** Linked records by the way to them, so that two steps over one link share a join. */
  readonly #linked = new Map<string, LinkedRecord>();
  /** Values of the records themselves that are computed once for each. */
  readonly #values: SqlFragment[] = [];
  readonly #steps: SortStep[] = [];
  readonly #signature: string[] = [];
  #endsWithId = false;
  #last: Direction = { descending: false, nullsFirst: false };

  constructor(scope: StatementScope) {
    this.#scope = scope;
  }

  add(entity: Entity, alias: SqlFragment, step: unknown, path: string, way: string): void {
    const [name, value] = onlyEntry(step, path);
    const inner = `${path}.${name}`;
    const column = entityView(entity).columns.get(name);
    if (column === undefined) {
      const link = findLinkPath(this.#scope, entity, name);
      if (link === null) {
        throw badInput(inner, `is unknown: "${entity.names.type}" has no such field to sort by.`);
      }
      this.#addLinked(link, alias, value, inner, way);
      return;
    }
    if (column.field?.type === 'link') {
      const target = this.#scope.entity(column.field.options.target);
      const further = `${way}${column.column}>`;
      this.add(target, this.#join(target, columnOf(alias, column.column), further), value, inner, further);
      return;
    }
    const direction = directionOf(value, inner);
    const terms = sortTerms(alias, column, direction, way !== '');
    if (terms === null)
      throw badInput(inner, `cannot be sorted by: it is of the type ${quote(column.kind)}.`);
    this.#push({ value: columnOf(alias, column.column), column, terms }, direction, `${way}${column.column}`);
    this.#endsWithId ||= way === '' && column.name === 'id';
  }

  /**
   * By a value of all records behind a link to many together. It is a column of the record that they belong to, so that
   * Postgres may remember it for a record that many others link to.
   */
  #addLinked(link: LinkPath, alias: SqlFragment, step: unknown, path: string, way: string): void {
    const linked = this.#linked.get(way);
    const near = columnOf(linked?.inner ?? alias, 'id');
    // No storage key has capital letters.
    const name = `A${this.#steps.length + 1}`;
    const { value, column, direction, signature } = compileLinkedSort(
      this.#scope,
      { link, near },
      step,
      name,
      path,
    );
    const named = sql`${value} as ${sql.identifier(name)}`;
    const holder = linked?.alias ?? this.#scope.alias();
    if (!this.#endsWithId) {
      // `offset 0`: computed once, and not for each place where the ordering names it.
      if (linked === undefined)
        this.#values.push(sql` cross join lateral (select ${named} offset 0) ${holder}`);
      else linked.values.push(named);
    }
    const terms = sortTerms(holder, column, direction, true);
    if (terms === null) throw new Error(`An aggregate of the kind "${column.kind}" cannot be sorted by`);
    const sorted = { value: columnOf(holder, name), column, terms };
    this.#push(sorted, direction, `${way}${link.signature}.${signature}`);
  }

  /** Behind the id nothing is left to decide: what follows was checked, and that is all. */
  #push(step: SortStep, direction: Direction, what: string): void {
    if (this.#endsWithId) return;
    this.#steps.push(step);
    const [way, nulls] = [direction.descending ? 'desc' : 'asc', direction.nullsFirst ? 'first' : 'last'];
    this.#signature.push(`${what} ${way} ${nulls}`);
    this.#last = direction;
  }

  /** The id decides among equals, in the direction of the last step: then one index serves both directions. */
  finish(entity: Entity, alias: SqlFragment): Ordering {
    if (!this.#endsWithId) this.add(entity, alias, { id: this.#last.descending ? 'DESC' : 'ASC' }, 'id', '');
    return {
      joins: sql.join([...[...this.#linked.values()].map(joinOf), ...this.#values], ''),
      steps: this.#steps,
      signature: this.#signature.join(', '),
    };
  }

  #join(target: Entity, id: SqlFragment, way: string): SqlFragment {
    const known = this.#linked.get(way);
    if (known !== undefined) return known.alias;
    const [alias, inner] = [this.#scope.alias(), this.#scope.alias()];
    this.#linked.set(way, { alias, inner, view: entityView(target).name, id, values: [] });
    return alias;
  }
}

/** A record that a link leads to, which is joined. */
interface LinkedRecord {
  readonly alias: SqlFragment;
  /** Its alias within the sub-select. */
  readonly inner: SqlFragment;
  readonly view: SqlFragment;
  readonly id: SqlFragment;
  /** More columns. */
  readonly values: SqlFragment[];
}

/**
 * `offset 0`: looked up by id for each record. As a plain join it would be planned by the number of records that the
 * planner expects, and one entity of one tenant looks small to it until the table has been analyzed.
 */
function joinOf({ alias, inner, view, id, values }: LinkedRecord): SqlFragment {
  const columns = sql.join([sql`${inner}.*`, ...values]);
  const record = sql`select ${columns} from ${view} ${inner} where ${inner}.id = ${id} offset 0`;
  return sql` left join lateral (${record}) ${alias} on true`;
}
