import type { GraphqlRequest, Operation, RawRequest, Sample } from '../operations/operation.ts';

/** Somebody who answers requests: ours, or whom we compare ourselves with. */
export interface Target {
  readonly name: TargetName;
  readonly title: string;
  /** Where requests are posted. */
  readonly url: string;
  /** Of the process that answers. */
  readonly pid: number;
  /** How the operation is asked for here. */
  request(operation: Operation, sample: Sample, index: number): GraphqlRequest | RawRequest;
  /** Headers that say which tenant asks. */
  headers(tenant: number): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export type TargetName = 'formwork' | 'postgraphile' | 'postgraphileTenant' | 'rawJsonb' | 'rawNative';
