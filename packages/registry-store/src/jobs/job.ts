/** NOTIFY channel: there is a job to be done. Workers look every few seconds anyway. */
export const jobsChannel = 'formwork_jobs';

export type JobState = 'waiting' | 'running' | 'paused' | 'blocked' | 'failed' | 'done' | 'cancelled';

/** Work on records that a change of the registry left behind. */
export interface Job {
  readonly id: string;
  /**
   * retype: fills a field; fill: fills slots and keys of an entity; tidy: empties slots that nobody has any more. The latter two
   * where that were too many records for one change.
   */
  readonly kind: 'retype' | 'fill' | 'tidy';
  /** Storage keys of the entity, and of the field that is filled; empty for none. */
  readonly entityType: string;
  readonly field: string;
  /**
   * blocked: values are in the way, which somebody has to change; failed: it went wrong too often. Both go on with
   * `retryJob`. cancelled: the field is gone.
   */
  readonly state: JobState;
  /** Records that were looked at, of how many. */
  readonly done: number;
  readonly total: number;
  /** Records whose value has no counterpart, or is another's too, and ids of some. */
  readonly misfits: number;
  readonly examples: readonly string[];
  /** Batches that went wrong since the last that went well, and what was said. */
  readonly attempts: number;
  readonly error: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

/** A job that a worker has taken. */
export interface Claim {
  readonly tenantId: string;
  readonly jobId: string;
  /** Of the worker. */
  readonly worker: string;
}
