/**
 * What resolvers know of records: this interface is all that `schema-factory` imports of this room. Entities and
 * fields are named as in GraphQL ("OrderItem", "unitPrice"), because tenants with an equal SDL share a schema while
 * their storage keys and slots may differ: the names are looked up in the tenant's own registry here.
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

/**
 * Writes of more than one record, and of one by a key, which resolvers will call once the SDL has them (then these join
 * {@link Records}). In the SDL, for an entity Flight:
 * - `createFlights(inputs: [CreateFlightInput!]!): CreateFlightsPayload!`, the same with `updateFlights(where:
 *   FlightFilter!, input: UpdateFlightInput!, atMost: Int! = 1)`; their payloads have `flights: [Flight!]!`.
 * - `deleteFlights(where: FlightFilter!, atMost: Int! = 1)` with `ids: [ID!]!`.
 * - `upsertFlight(by: FlightUniqueKey!, input: CreateFlightInput!)` with `flight: Flight!` and `created: Boolean!`.
 * - `AirportLinkInput` and so every link input has `create: CreateAirportInput` too.
 */
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

/**
 * The life of a record (then these join {@link Records} too). In the SDL, for an entity Order with a select `status`
 * that has transitions: `allowedTransitions: OrderTransitions!` on Order, with a field `status: [OrderStatus!]!` for
 * each such select; and where the entity keeps what is deleted, `restoreOrder(id: ID!)` with `order: Order!`.
 */
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

/** A record as text: of its id, the values of `fields` in their order, and the texts of what is behind `links`. */
export type WriteRecord = (id: string, values: readonly unknown[], behind: readonly string[]) => string;

/** One of `record` (of a link to one), `connection` and `aggregate` (of links to many and ways back). */
export interface LinkSelection {
  readonly field: string;
  readonly record?: RecordSelection;
  readonly connection?: { readonly args: ConnectionArguments; readonly selection: ConnectionSelection };
  readonly aggregate?: { readonly args: AggregateArguments; readonly selection: AggregateSelection };
}

export interface ConnectionSelection {
  /** Of the nodes (under `nodes` and `edges { node }`), or null where neither is asked for. */
  readonly node: RecordSelection | null;
  readonly cursors: boolean;
  readonly pageInfo: boolean;
  readonly totalCount: boolean;
  /**
   * Each way of counting that is asked for (two aliases may ask in two ways); gives `ConnectionNode.counts` in the same
   * order. `totalCount: true` by itself is one exact count.
   */
  readonly counts?: readonly CountRequest[];
  /** As with `RecordSelection.write`. */
  readonly write?: (connection: WrittenConnection) => string;
}

/** A connection whose records are written already. */
export interface WrittenConnection {
  readonly edges: readonly { readonly cursor: string; readonly node: string }[];
  readonly pageInfo: PageInfo;
  readonly counts: readonly Count[];
}

/**
 * `EXACT` counts all records. `CAPPED` stops at `cap`: cheap for a long list. `ESTIMATE` is exact up to `cap`, and
 * beyond it a number that may be off: 1,000,000 is the most that it says. It is made of the caller's records alone.
 */
export interface CountRequest {
  readonly mode: 'EXACT' | 'CAPPED' | 'ESTIMATE';
  readonly cap: number;
}

export interface Count {
  readonly count: number;
  readonly isExact: boolean;
}

/**
 * Arguments as in the SDL; absent and null are the same for first, after, last, before, orderBy. A `where` that is null
 * is an error, as is an empty object anywhere in it, and a `search` that is null or has no word in it.
 *
 * Operators of `where`, by the type of the field (what the SDL leaves out cannot be asked):
 * - all but json and multi_select: `eq ne in notIn isNull`; what has an order: `lt lte gt gte`. `ne`, `notIn` and `not`
 *   match records without a value. `in: []` matches nothing.
 * - text: `contains startsWith endsWith`, and without regard to case `eqInsensitive inInsensitive containsInsensitive
 *   startsWithInsensitive endsWithInsensitive`. `lt` and the like compare as `orderBy` sorts.
 * - date and datetime, relative to now: `during: { period: TODAY | YESTERDAY | TOMORROW | THIS_WEEK | LAST_WEEK |
 *   NEXT_WEEK | … MONTH | … QUARTER | … YEAR, timeZone }`, `last: { days: 7, timeZone }` and `next: { … }` with exactly
 *   one of `minutes hours days weeks months years` (Int); `timeZone` is a name such as "Europe/Berlin", UTC when absent
 * - currency: `eq ne in notIn isNull` with `{ amount, currency }`, `amount: DecimalFilter`, `currency: StringFilter`
 * - multi_select: `has hasAny hasAll isNull`, choices by name. `hasAny: []` matches nothing, as `in: []` does; `hasAll: []`
 *   matches every list, for there is nothing that it lacks.
 * - json: `eq ne in notIn isNull contains`, `at: { path: ["a", "0"], text: StringFilter, number: DecimalFilter or
 *   FloatFilter, boolean: BooleanFilter, exists: Boolean }`
 * - link to one: a filter of the target, which matches where there is one. `isNull` in it, also within its `and`, `or` and
 *   `not`, asks whether the link is empty. Elsewhere the record is there: `isNull: true` matches nothing, false all.
 * - links to many and ways back: `some every none` with a filter, `isNull` (true: there are none), and of them together
 *   `count: IntFilter`, `sum avg min max` by field name, `countDistinct: { of: { status: true }, count: IntFilter }`, as in
 *   `having`. `where` beside them: only records that match it are meant. Nothing adds up to null, which is not greater
 *   or less than anything; `count` is then 0.
 * - `and` and `or` with a list that is not empty, `not` with a filter
 *
 * `orderBy`: one step each, `{ name: "ASC" }`, by a field of a linked record `{ origin: { city: "DESC" } }`, or by what the
 * records behind a link to many are together: `{ flights: { count: "DESC" } }`, `{ flights: { sum: { delay: "ASC" } } }`
 * (also `avg min max`), at any depth of links to one.
 */
export interface ConnectionArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly where?: Values | null;
  readonly orderBy?: readonly Values[] | null;
  readonly search?: string | null;
}

export interface ConnectionNode {
  readonly edges: readonly EdgeNode[];
  readonly pageInfo: PageInfo;
  /** Null unless selected. */
  readonly totalCount: number | null;
  /** One for each of the selection's `counts`, where it has them. */
  readonly counts?: readonly Count[];
}

export interface EdgeNode {
  /** Empty unless cursors are selected. */
  readonly cursor: string;
  readonly node: RecordNode;
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/**
 * - `groupBy`: one step each, `{ status: true }`, through links to one `{ origin: { city: true } }`, moments and days by
 *   a part of the calendar `{ departsAt: { part: "MONTH", timeZone: "Europe/Berlin" } }` (absent time zone: UTC).
 * - `having`: `count: IntFilter`, `countDistinct: { of, count }`, `sum` and `avg` with filters of numbers by field name, `min` and `max` with the
 *   entity's filter, of which only its own values make sense here; `and or not`.
 * - `orderBy`: one step each, `{ count: "DESC" }`, `{ sum: { delay: "DESC" } }` (also `avg min max`), or
 *   `{ key: { origin: { city: "ASC" } } }` by what is grouped by. Absent: by the keys, in their order.
 * - `first`: absent 50, as for lists. null in the place of `where` or `having` is an error.
 */
export interface AggregateArguments {
  readonly where?: Values | null;
  readonly search?: string | null;
  readonly groupBy?: readonly Values[] | null;
  readonly having?: Values | null;
  readonly orderBy?: readonly Values[] | null;
  readonly first?: number | null;
}

/** What of each group is wanted. `sum avg min max` by field name. */
export interface AggregateSelection {
  readonly keys: boolean;
  readonly count: boolean;
  /** Of what the distinct values are counted, each a step as in `groupBy`. */
  readonly countDistinct: readonly Values[];
  readonly sum: readonly string[];
  readonly avg: readonly string[];
  readonly min: readonly string[];
  readonly max: readonly string[];
  /** As with `RecordSelection.write`. */
  readonly write?: (groups: readonly AggregateNode[]) => string;
}

/**
 * Values are ready to serialise, absent where they were not selected. Sums and averages of whole numbers and numbers
 * are numbers, of decimals decimal text; over nothing they are null, as `min` and `max` are.
 */
export interface AggregateNode {
  /** One for each step of `groupBy`; of a part of the calendar its first day, "2026-11-01". */
  readonly keys: readonly unknown[];
  readonly count: number;
  /** In the order of the selection. */
  readonly countDistinct: readonly number[];
  readonly sum: Values;
  readonly avg: Values;
  readonly min: Values;
  readonly max: Values;
}

/** Codes of README's table that come from records. */
export type RecordErrorCode =
  | 'VALIDATION_FAILED'
  | 'UNIQUE_VIOLATION'
  | 'LINK_NOT_FOUND'
  | 'DELETE_RESTRICTED'
  | 'ILLEGAL_TRANSITION'
  | 'VERSION_CONFLICT'
  | 'CONFLICT'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'LIMIT_EXCEEDED'
  | 'BAD_USER_INPUT'
  | 'SCHEMA_CHANGED';

/** An error that a client can act on. `details` go into the GraphQL error's extensions beside `code`. */
export class RecordError extends Error {
  readonly code: RecordErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  /**
   * A race was lost to another writer: another attempt at the whole transaction will either succeed or know what is
   * in the way. After a few attempts the error is shown as it is.
   */
  readonly retry: boolean;

  constructor(
    code: RecordErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options: { readonly retry?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.name = 'RecordError';
    this.code = code;
    this.details = details;
    this.retry = options.retry ?? false;
  }
}

/** One root field of a query: what it reads and, by the `write` of its selections, how that stands in the answer. */
export type Question =
  | {
      readonly kind: 'record';
      readonly typeName: string;
      /** Of the unique key that the record is looked up by; null: by its id. */
      readonly keyName: string | null;
      readonly args: Values;
      readonly selection: RecordSelection;
    }
  | {
      readonly kind: 'connection';
      readonly typeName: string;
      readonly args: ConnectionArguments;
      readonly selection: ConnectionSelection;
    }
  | {
      readonly kind: 'aggregate';
      readonly typeName: string;
      readonly args: AggregateArguments;
      readonly selection: AggregateSelection;
    };

/** A question whose arguments are still to come: it belongs to a document, and all requests share it. */
export interface QuestionForm {
  readonly kind: Question['kind'];
  /** Of each field with arguments, the root field first: names of those whose values the document itself has. */
  readonly fixed: readonly ReadonlySet<string>[];
  /** The question with the arguments of those fields, in the same order. */
  readonly ask: (args: readonly Values[]) => Question;
}
