import { type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import { quote } from '@formwork/registry';
import { badInput } from '../bad-input.ts';
import { type Comparable, columnOf } from '../comparable.ts';
import { entityView, type ViewColumn } from '../entity-view.ts';
import { textKey } from '../text-key.ts';
import type { AggregateSource } from './aggregate-source.ts';

const aggregateFunctions = ['sum', 'avg', 'min', 'max'] as const;
export type AggregateFunction = (typeof aggregateFunctions)[number];

/** A value of a group, which can be selected, compared and sorted by. */
export type GroupValue = Pick<Comparable, 'column' | 'kind' | 'value'> & { readonly key: null };

export function isAggregateFunction(name: string): name is AggregateFunction {
  return (aggregateFunctions as readonly string[]).includes(name);
}

const countColumn: ViewColumn = { name: 'count', column: 'count', kind: 'int', key: null, field: null };

export const countOfRecords: GroupValue = {
  column: countColumn,
  kind: 'int',
  value: sql`count(*)`,
  key: null,
};

/** `sum`, `avg`, `min` or `max` of a field. Throws BAD_USER_INPUT where the field has none. */
export function aggregateValue(
  source: AggregateSource,
  how: AggregateFunction,
  fieldName: string,
  path: string,
): GroupValue {
  const column = entityView(source.entity).columns.get(fieldName);
  if (column === undefined) {
    throw badInput(path, `is unknown: "${source.entity.names.type}" has no such field.`);
  }
  const made = how === 'sum' || how === 'avg' ? total(source, how, column) : extreme(source, how, column);
  if (made !== null) return made;
  const reason = how === 'sum' || how === 'avg' ? 'cannot be added up' : 'has no least and greatest value';
  throw badInput(path, `${reason}: it is of the type ${quote(column.kind)}.`);
}

/** Zero; a quotient has at least the decimal places of its operands. Fields have at most so many. */
const twentyPlaces = sql`0.00000000000000000000`;

/**
 * Whole numbers add up exactly and are then shown as a double, since a sum may be larger than an Int. The average of
 * doubles is not `avg`, which also adds up squares and so overflows long before the sum does; that of decimals is not
 * either, since it gives a number of twenty digits two decimal places; and of small quotients it has more than twenty.
 */
function total(source: AggregateSource, how: 'sum' | 'avg', column: ViewColumn): GroupValue | null {
  const of = (kind: 'float' | 'decimal', make: (each: SqlFragment) => SqlFragment): GroupValue => ({
    column: { ...column, kind, key: null },
    kind,
    value: make(source.value(column)),
    key: null,
  });
  switch (column.kind) {
    case 'int':
      return of('float', (each) => (how === 'sum' ? sql`sum(${each})::float8` : sql`avg(${each})::float8`));
    case 'float':
      return of('float', (each) => {
        // What a sum of doubles rounds to depends on the order in which they are added.
        const sum = source.steady ? sql`sum(${each} order by ${each})` : sql`sum(${each})`;
        return how === 'sum' ? sum : sql`(${sum} / nullif(count(${each}), 0))`;
      });
    case 'decimal':
      return of('decimal', (each) =>
        how === 'sum'
          ? sql`sum(${each})`
          : sql`trim_scale(round((sum(${each}) + ${twentyPlaces}) / nullif(count(${each}), 0), 20))`,
      );
    default:
      return null;
  }
}

/** The value that comes first or last as `orderBy` sorts; choices in the designer's order. */
function extreme(source: AggregateSource, how: 'min' | 'max', column: ViewColumn): GroupValue | null {
  const { kind } = column;
  const value = columnOf(source.alias, column.column);
  const most = sql.raw(how);
  const plain = { ...column, key: null };
  switch (kind) {
    case 'int':
    case 'float':
    case 'decimal':
    case 'date':
    case 'datetime':
    case 'time':
      return { column: plain, kind, value: sql`${most}(${source.value(column)})`, key: null };
    case 'text': {
      const key = column.key === null ? textKey(value) : columnOf(source.alias, column.key.column);
      const sorted = source.column(sql`case when ${value} is not null then array[${key}, ${value}] end`);
      return { column: plain, kind, value: sql`(${most}(${sorted} collate "C"))[2]`, key: null };
    }
    case 'select': {
      const position = source.column(sql`array_position(${choices(column)}, ${value})`);
      return { column: plain, kind, value: sql`(${choices(column)})[${most}(${position})]`, key: null };
    }
    default:
      return null;
  }
}

/** Keys of the choices, in the designer's order. */
export function choices(column: ViewColumn): SqlFragment {
  return sql`${textArray((column.field?.choices ?? []).map(({ key }) => key))}::text[]`;
}
