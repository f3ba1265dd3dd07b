import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { AggregateArguments, AggregateNode, AggregateSelection } from '../contract.ts';
import { compileGroups } from './aggregate/group-query.ts';
import { type Answering, writeGroups } from './answering.ts';
import type { LinkPath } from './link-path.ts';
import type { Cells } from './select-list.ts';
import type { StatementScope } from './statement-scope.ts';

/** Groups of what is behind a link of the record `near`, as a JSON value: a list with the texts of each group. */
export interface NestedAggregate {
  readonly json: SqlFragment;
  readonly read: (json: unknown) => readonly AggregateNode[];
  readonly write: (json: unknown, answering: Answering) => string;
}

/** Throws what `compileGroups` throws. */
export function compileNestedAggregate(
  scope: StatementScope,
  path: LinkPath,
  near: SqlFragment,
  args: AggregateArguments,
  selection: AggregateSelection,
): NestedAggregate {
  const { reader, groups, order, limit } = compileGroups(
    scope,
    path.entity,
    { path, near },
    args,
    selection,
    null,
    { trusting: true },
  );
  const read = (json: unknown) => (json as (Cells & readonly (string | null)[])[]).map(reader.read);
  return {
    json: sql`to_json(array(select ${reader.texts} ${groups}${order}${limit}))`,
    read,
    write: (json, answering) => writeGroups(read(json), selection, answering),
  };
}
