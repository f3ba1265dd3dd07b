import type { AggregateArguments, AggregateSelection } from './aggregate.ts';
import type { ConnectionArguments, ConnectionSelection } from './connection.ts';

/** Values as GraphQL coerced them, by GraphQL name. */
export type Values = Readonly<Record<string, unknown>>;

/** A record as far as it was selected. */
export interface RecordNode {
  readonly typeName: string;
  readonly id: string;
  /** By GraphQL field name, ready to serialise: "createdAt", "unitPrice"; for a link to one the id of its target. */
  readonly values: Values;
}

/** What is selected on a record: the scalar fields and the links to one, by GraphQL name. `id` is always there. */
export interface RecordSelection {
  readonly fields: readonly string[];
  /**
   * What is selected behind links, as far as it is known beforehand. It is then read in the same statement, and
   * `linkedRecord`, `linkedConnection` and `linkedAggregate` answer from it when they are asked with equal arguments and an equal selection.
   * What was not foreseen, or is refused (a bad cursor), they load: so leaving something out costs time, nothing else.
   */
  readonly links?: readonly LinkSelection[];
  /** Where records are written into an answer and not given as nodes: see `planRead`. */
  readonly write?: WriteRecord;
}

/** A record as text. */
export type WriteRecord = (record: WrittenRecord) => string;

/** A record that is to be written. */
export interface WrittenRecord {
  readonly id: string;
  /** Of the `fields` of its selection, in their order. */
  readonly values: readonly unknown[];
  /** Texts of what is behind its `links`. */
  readonly behind: readonly string[];
}

/** One of `record` (of a link to one), `connection` and `aggregate` (of links to many and ways back). */
export interface LinkSelection {
  readonly field: string;
  readonly record?: RecordSelection;
  readonly connection?: { readonly args: ConnectionArguments; readonly selection: ConnectionSelection };
  readonly aggregate?: { readonly args: AggregateArguments; readonly selection: AggregateSelection };
}
