/** What a request may ask for, of one tenant: ids in an order that is always the same. */
export interface Sample {
  /** Id of the tenant; the native tables call it workspace. */
  readonly workspace: string;
  readonly customers: readonly string[];
  readonly orders: readonly string[];
}

export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Values of the hand-written statement of that name, see `raw-statements.ts`. */
export interface RawRequest {
  readonly operation: OperationName;
  readonly values: readonly string[];
}

export type OperationName =
  | 'byId'
  | 'selective'
  | 'count'
  | 'nested'
  | 'aggregate'
  | 'search'
  | 'create'
  | 'update'
  | 'bulk';

/** The same question in the words of each target. Aliases see to it that the answers are alike. */
export interface Operation {
  readonly name: OperationName;
  readonly title: string;
  /** Runs last this many times as long: the slowest answers a handful in a second. */
  readonly patience?: number;
  formwork(sample: Sample, index: number): GraphqlRequest;
  postgraphile(sample: Sample, index: number): GraphqlRequest;
  raw(sample: Sample, index: number): RawRequest;
  /** What of the data has to be the same for all. */
  essence?(data: Readonly<Record<string, unknown>>): unknown;
}

/** One of a list, by turns. */
export function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}
