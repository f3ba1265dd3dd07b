import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Values } from '../contract.ts';
import { isPlainObject } from '../validate/plain-object.ts';
import { compileLinkedHaving, isAskedOfAll } from './aggregate/linked-aggregate.ts';
import { badInput } from './bad-input.ts';
import { type FilterTarget, filterEntries } from './filter-target.ts';
import { existsIn, type FarCondition, type LinkPath } from './link-path.ts';
import { pinnedPart } from './pinned.ts';
import { compileWhere } from './where.ts';
import { booleanOperand } from './where-scalar.ts';

/**
 * A filter on the records that a link to many or a way back leads to. `every` is that none of them fails; so it
 * matches a record that has none. `count`, `sum` and the like compare them together. `where` says which of them are
 * meant: everything beside it is asked of those alone.
 */
export function compileConnectionFilter(
  target: FilterTarget,
  link: LinkPath,
  filter: unknown,
  path: string,
): SqlFragment {
  const { where, ...questions } = Object.fromEntries(filterEntries(filter, path));
  const entries = Object.entries(questions);
  if (entries.length === 0) {
    throw badInput(
      `${path}.where`,
      'asks nothing by itself: it says which of them the filters beside it mean.',
    );
  }
  const asked = new ConnectionQuestions(target, link, where, path);
  const having = Object.fromEntries(entries.filter(([name]) => isAskedOfAll(name)));
  const conditions = entries
    .filter(([name]) => !isAskedOfAll(name))
    .map(([name, operand]) => asked.compile(name, operand, `${path}.${name}`));
  if (Object.keys(having).length > 0) conditions.push(asked.compileTogether(having));
  return conditions.length === 1 ? (conditions[0] as SqlFragment) : sql`(${sql.join(conditions, ' and ')})`;
}

class ConnectionQuestions {
  readonly #target: FilterTarget;
  readonly #link: LinkPath;
  /** Undefined where all records behind the link are meant. */
  readonly #where: unknown;
  readonly #path: string;
  readonly #near: SqlFragment;

  constructor(target: FilterTarget, link: LinkPath, where: unknown, path: string) {
    this.#target = target;
    this.#link = link;
    this.#where = where;
    this.#path = path;
    this.#near = sql`${target.alias}.id`;
  }

  compile(name: string, operand: unknown, path: string): SqlFragment {
    switch (name) {
      case 'some':
        return this.#some(operand, path);
      case 'none':
        return sql`not (${this.#exists(this.#meant(operand, path))})`;
      case 'every':
        return sql`not (${this.#exists(this.#meant(operand, path, true))})`;
      case 'isNull': {
        const any = this.#exists(this.#where === undefined ? null : this.#meant(undefined, path));
        return booleanOperand(operand, path) ? sql`not (${any})` : any;
      }
      default:
        throw badInput(
          path,
          'is unknown. Ask for "some", "every", "none", "isNull", "count", "countDistinct", "sum", "avg", "min" or "max" of them.',
        );
    }
  }

  /** What is asked of all of them together. */
  compileTogether(having: Values): SqlFragment {
    const { scope, depth } = this.#target;
    const where = this.#where === undefined ? null : (alias: SqlFragment) => this.#whereOf(alias);
    const record = { link: this.#link, near: this.#near };
    return compileLinkedHaving(scope, record, having, where, this.#path, depth);
  }

  #some(operand: unknown, path: string): SqlFragment {
    const pins = isPlainObject(operand) ? pinnedPart(this.#link.entity, operand) : null;
    const conditions: SqlFragment[] = [];
    if (pins !== null) {
      const ids = this.#link.nearIds(this.#compile(pins, path));
      conditions.push(sql`${this.#near} = any (array(${ids}))`);
    }
    if (pins === null || pins !== operand || this.#where !== undefined) {
      conditions.push(this.#exists(this.#meant(operand, path)));
    }
    return conditions.length === 1 ? (conditions[0] as SqlFragment) : sql`(${sql.join(conditions, ' and ')})`;
  }

  #exists(condition: FarCondition | null): SqlFragment {
    return existsIn(this.#link.matching(this.#near, condition));
  }

  /** The filter, if there is one, of a record that is meant. */
  #meant(filter: unknown, path: string, negated = false): FarCondition {
    if (filter === undefined) {
      const alias = this.#target.scope.alias();
      return { alias, sql: this.#whereOf(alias) };
    }
    const { alias, sql: matches } = this.#compile(filter, path);
    const holds = negated ? sql`(${matches}) is not true` : matches;
    return { alias, sql: this.#where === undefined ? holds : sql`${holds} and (${this.#whereOf(alias)})` };
  }

  #compile(filter: unknown, path: string): FarCondition {
    const alias = this.#target.scope.alias();
    return { alias, sql: compileWhere({ ...this.#target, entity: this.#link.entity, alias }, filter, path) };
  }

  #whereOf(alias: SqlFragment): SqlFragment {
    const target = { ...this.#target, entity: this.#link.entity, alias };
    return compileWhere(target, this.#where, `${this.#path}.where`);
  }
}
