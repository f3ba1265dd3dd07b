import type { AggregateArguments, AggregateNode, AggregateSelection } from './aggregate.ts';
import type { ConnectionArguments, ConnectionNode, ConnectionSelection } from './connection.ts';
import type { RecordNode, RecordSelection, Values } from './record.ts';

/**
 * What resolvers know of records. Entities and fields are named as in GraphQL ("OrderItem", "unitPrice"), because tenants
 * with an equal SDL share a schema while their storage keys and slots may differ: the names are looked up in the tenant's
 * own registry here.
 */
export interface Records {
  /** The record, or null where there is none (one that may not be seen looks the same). */
  byId(typeName: string, id: string, selection: RecordSelection): Promise<RecordNode | null>;
  /** `values`: by field name of the key's fields. */
  byKey(
    typeName: string,
    keyName: string,
    values: Values,
    selection: RecordSelection,
  ): Promise<RecordNode | null>;
  /** Any record by id; the selection is asked for once its type is known. */
  node(id: string, selectionOf: (typeName: string) => RecordSelection): Promise<RecordNode | null>;
  /** The same of several, in the order of the ids. Throws LIMIT_EXCEEDED for more than are read at once. */
  nodes(
    ids: readonly string[],
    selectionOf: (typeName: string) => RecordSelection,
  ): Promise<readonly (RecordNode | null)[]>;
  /** The root connection of an entity. */
  connection(
    typeName: string,
    args: ConnectionArguments,
    selection: ConnectionSelection,
  ): Promise<ConnectionNode>;
  /** The record that a link to one leads to. Batched over all parents of the request. */
  linkedRecord(
    parent: RecordNode,
    fieldName: string,
    selection: RecordSelection,
  ): Awaitable<RecordNode | null>;
  /** A link to many, or the way back over a link. Arguments apply for each parent; one statement for all of them. */
  linkedConnection(
    parent: RecordNode,
    fieldName: string,
    args: ConnectionArguments,
    selection: ConnectionSelection,
  ): Awaitable<ConnectionNode>;
  /** Groups of the records that match, or without `groupBy` one group of all of them, even where there are none. */
  aggregate(
    typeName: string,
    args: AggregateArguments,
    selection: AggregateSelection,
  ): Promise<readonly AggregateNode[]>;
  /** The same over a link to many or a way back, for each parent; one statement for all parents. */
  linkedAggregate(
    parent: RecordNode,
    fieldName: string,
    args: AggregateArguments,
    selection: AggregateSelection,
  ): Awaitable<readonly AggregateNode[]>;

  /** JSON Schema of what `createX` or `updateX` takes, by the entity's key; NOT_FOUND names those that there are. */
  entitySchema(entityKey: string, operation: 'create' | 'update'): Values;

  /** Writes: only within a mutation (`RecordError` "FORBIDDEN" otherwise). All of an operation is one transaction. */
  create(typeName: string, input: Values, selection: RecordSelection): Promise<RecordNode>;
  update(
    typeName: string,
    id: string,
    input: Values,
    ifVersion: number | null,
    selection: RecordSelection,
  ): Promise<RecordNode>;
  /** Gives the id back. */
  delete(typeName: string, id: string, ifVersion: number | null): Promise<string>;
}

/** Writes of more than one record (`createFlights`, `updateFlights`, `deleteFlights`), and of one by a key (`upsertFlight`). */
export interface BulkRecords {
  /** All or none, in the order of the inputs. Violations have paths that begin with `["inputs", <index>]`. */
  createMany(
    typeName: string,
    inputs: readonly Values[],
    selection: RecordSelection,
  ): Promise<readonly RecordNode[]>;
  /**
   * Changes all records that match. More of them than `atMost` is LIMIT_EXCEEDED, and nothing happens. What a link
   * of the input creates is created once, and all of them lead to it.
   */
  updateMany(
    typeName: string,
    where: Values,
    input: Values,
    atMost: number,
    selection: RecordSelection,
  ): Promise<readonly RecordNode[]>;
  /** The same for deleting; gives the ids back. */
  deleteMany(typeName: string, where: Values, atMost: number): Promise<readonly string[]>;
  /**
   * Changes the record that has the key, or creates it, whatever others do meanwhile. `by` is as in a link input:
   * `{ iata: "JFK" }`, `{ byNumber: { number: "AA1", departsAt: "…" } }`; a record that is created has these values.
   * Only the fields given are changed; defaults are for a record that is created.
   */
  upsert(
    typeName: string,
    by: Values,
    input: Values,
    selection: RecordSelection,
  ): Promise<{ readonly node: RecordNode; readonly created: boolean }>;
}

/** The life of a record: back from being deleted (`restoreOrder`), and on to its next status (`allowedTransitions`). */
export interface LifeCycleRecords {
  /**
   * Brings a deleted record back, if the designer chose to keep those. It is checked like a new one: its keys may be
   * taken (UNIQUE_VIOLATION), what it leads to may be gone (LINK_NOT_FOUND). NOT_FOUND where none is deleted.
   */
  restore(typeName: string, id: string, selection: RecordSelection): Promise<RecordNode>;
  /**
   * Enum values that may follow the one that the record has, in the designer's order. The record must have been read
   * with the field. Anything else is refused when it is written, with ILLEGAL_TRANSITION { field, from, to, allowed }.
   */
  allowedTransitions(parent: RecordNode, fieldName: string): readonly string[];
}

/** What the gateway holds: `Records` for the resolvers, and the end of the operation, which is the gateway's. */
export interface OperationRecords extends Records, BulkRecords, LifeCycleRecords {
  /**
   * The last thing of a mutation operation, before it commits: what Postgres checks at the end of a transaction is
   * checked now, so that a refusal is a `RecordError` like any other. To be called once all payloads are read.
   */
  finishWrites(): Promise<void>;
}

/** At once where it was read already: the executor goes on without waiting, which is most of what a promise costs. */
export type Awaitable<T> = T | Promise<T>;
