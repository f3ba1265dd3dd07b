import type { Operation } from '../operations/operation.ts';
import type { OperationParams } from '../operations/prepare.ts';
import type { MediaType } from './accept.ts';
import type { Answer } from './answer.ts';

/** What both lanes need of an operation, the tenants' or the designers'. */
export type Runnable = Pick<Operation, 'prepared' | 'execute'>;

/** A well-formed request of a known caller: what stands in front of the lanes has seen to that. */
export interface LaneRequest {
  readonly operation: Runnable;
  readonly params: OperationParams;
  readonly method: string;
  readonly media: MediaType;
}

/** A way to an answer. Two of them, with the same answers. */
export type Lane = (request: LaneRequest) => Promise<Answer>;

/** What our plugin finds in yoga's context. */
export interface LaneContext {
  readonly operation: Runnable;
  readonly params?: OperationParams;
}
