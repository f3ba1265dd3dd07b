import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import {
  type ConnectionArguments,
  type ConnectionSelection,
  type LinkSelection,
  RecordError,
  type RecordNode,
  type RecordSelection,
} from '../contract.ts';
import { columnOf } from './comparable.ts';
import { entityView, getColumn } from './entity-view.ts';
import { findLinkPath } from './link-path.ts';
import { compileNestedConnection } from './nested-connection.ts';
import { keepNested } from './nested-values.ts';
import type { ReadContext } from './read-context.ts';
import { cellsOf, type NestedValue, type Nesting, SelectList, selectRecord } from './select-list.ts';
import { connectionLinkKey, recordLinkKey } from './selection-key.ts';
import type { StatementScope } from './statement-scope.ts';

/** Null where loaders are to read what is behind links. `scope`: of the statement, which reads `several` records. */
export function nestingOf(context: ReadContext, scope: StatementScope, several: boolean): Nesting | null {
  return context.nests ? new SubSelects(context, scope, several) : null;
}

/**
 * Selects what is behind links in the same statement, by correlated sub-selects that give JSON. (Joins chose a plan
 * five times as slow.)
 */
class SubSelects implements Nesting {
  readonly #context: ReadContext;
  readonly #scope: StatementScope;
  readonly #several: boolean;

  constructor(context: ReadContext, scope: StatementScope, several: boolean) {
    this.#context = context;
    this.#scope = scope;
    this.#several = several;
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
        return [this.#select(list, entity, alias, link)];
      } catch (error) {
        // What is refused is refused by the loader again, at the field that asks for it; the record itself is fine.
        if (error instanceof RecordError) return [];
        throw error;
      }
    });
  }

  #select(list: SelectList, entity: Entity, alias: SqlFragment, link: LinkSelection): NestedValue {
    if (link.record !== undefined) return this.#selectRecord(list, entity, alias, link.field, link.record);
    if (link.connection === undefined) throw new Error(`Nothing is selected of the link "${link.field}"`);
    const { args, selection } = link.connection;
    return this.#selectConnection(list, entity, alias, link.field, args, selection);
  }

  #selectRecord(
    list: SelectList,
    entity: Entity,
    alias: SqlFragment,
    fieldName: string,
    selection: RecordSelection,
  ): NestedValue {
    const { column, field } = getColumn(entityView(entity), fieldName);
    const view = entityView(this.#scope.entity(field?.options.target));
    const [target, inner] = [this.#scope.alias(), new SelectList()];
    const reader = selectRecord(inner, view, target, selection, this);
    const number = list.nest(
      sql`(select ${inner.json} from ${view.name} ${target} where ${target}.id = ${columnOf(alias, column)})`,
    );
    const key = recordLinkKey(fieldName, selection);
    return {
      number,
      keep: (node: RecordNode, json) =>
        keepNested(node, key, json === null ? null : reader.read(cellsOf(json))),
    };
  }

  #selectConnection(
    list: SelectList,
    entity: Entity,
    alias: SqlFragment,
    fieldName: string,
    args: ConnectionArguments,
    selection: ConnectionSelection,
  ): NestedValue {
    const path = findLinkPath(this.#scope, entity, fieldName);
    if (path === null) throw new Error(`"${entity.key}" has no links "${fieldName}"`);
    const link = { path, near: sql`${alias}.id`, several: this.#several };
    const inner = new SubSelects(this.#context, this.#scope, true);
    const start = { entity: path.entity, link };
    const nested = compileNestedConnection(this.#context, this.#scope, inner, start, args, selection);
    const key = connectionLinkKey(fieldName, args, selection);
    return {
      number: list.nest(nested.json),
      keep: (node: RecordNode, json) => keepNested(node, key, nested.read(json)),
    };
  }
}
