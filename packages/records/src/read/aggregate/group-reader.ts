import type { Row } from '@formwork/pg';
import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { AggregateNode, AggregateSelection, Values } from '../../contract.ts';
import type { ViewColumn } from '../entity-view.ts';
import { readValue } from '../read-value.ts';
import { getText, SelectList } from '../select-list.ts';
import type { AggregateSource } from './aggregate-source.ts';
import { type AggregateFunction, aggregateValue } from './aggregate-values.ts';
import { compileGroupStep, type GroupStep } from './group-step.ts';

type ReadRow<T> = (row: Row) => T;

/** Selects what is asked of each group, and nothing else, and reads it from the rows. */
export class GroupReader {
  readonly #list = new SelectList();
  readonly read: ReadRow<AggregateNode>;

  constructor(source: AggregateSource, steps: readonly GroupStep[], selection: AggregateSelection) {
    const keys = selection.keys ? steps.map((step) => this.#value(step.value, step.column)) : [];
    const count = selection.count ? this.#number(sql`count(*)`) : () => 0;
    const distinct = selection.countDistinct.map((step, index) =>
      this.#number(sql`count(distinct ${compileGroupStep(source, step, `countDistinct[${index}]`).value})`),
    );
    const [sum, avg, min, max] = (['sum', 'avg', 'min', 'max'] as const).map((how) =>
      this.#values(source, how, selection[how]),
    ) as [ReadRow<Values>, ReadRow<Values>, ReadRow<Values>, ReadRow<Values>];
    // Where nothing is asked of the groups but how many there are. It has to be an aggregate: of anything else there
    // would be a row for each record where nothing is grouped by.
    if (this.#list.isEmpty) this.#list.add(sql`count(*)`);
    this.read = (row) => ({
      keys: keys.map((read) => read(row)),
      count: count(row),
      countDistinct: distinct.map((read) => read(row)),
      sum: sum(row),
      avg: avg(row),
      min: min(row),
      max: max(row),
    });
  }

  get columns(): SqlFragment {
    return this.#list.sql;
  }

  /** The same as a JSON array of texts, for a row in JSON. */
  get texts(): SqlFragment {
    return this.#list.texts;
  }

  #values(source: AggregateSource, how: AggregateFunction, names: readonly string[]): ReadRow<Values> {
    const readers = names.map((name) => {
      const { value, column } = aggregateValue(source, how, name, `${how}.${name}`);
      return [name, this.#value(value, column)] as const;
    });
    return (row) => Object.fromEntries(readers.map(([name, read]) => [name, read(row)]));
  }

  #value(value: SqlFragment, column: ViewColumn): ReadRow<unknown> {
    const place = this.#list.add(value);
    return (row) => readValue(column, row[place] ?? null);
  }

  #number(value: SqlFragment): ReadRow<number> {
    const place = this.#list.add(value);
    return (row) => Number(getText(row, place));
  }
}
