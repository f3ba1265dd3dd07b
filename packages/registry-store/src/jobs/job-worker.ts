import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '@formwork/pg';
import { Upkeep, type UpkeepOptions } from '../refresh/upkeep.ts';
import { claimJob, defaultLease } from './claim-job.ts';
import { jobsChannel } from './job.ts';
import type { JobPace } from './repeat-batches.ts';
import { runJob } from './run-job.ts';

/** Milliseconds between two looks for jobs that nobody has told of. */
const lookEvery = 3_000;

type OnError = UpkeepOptions['onError'];

/** Works on jobs of all tenants, one at a time, and on what else has to be looked after, until it is closed. */
export class JobWorker {
  readonly #control: ControlPlane;
  readonly #pace: JobPace;
  readonly #upkeep: Upkeep;
  readonly #onError: OnError;
  readonly #id = randomUUID();
  readonly #closing = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #hearing: { close(): void } | null = null;
  #isBusy = false;
  #isAskedAgain = false;

  private constructor(control: ControlPlane, pace: JobPace, onError: OnError) {
    this.#control = control;
    this.#upkeep = new Upkeep(control, { onError });
    this.#pace = { ...pace, signal: this.#closing.signal };
    this.#onError = onError;
  }

  static async start(
    control: ControlPlane,
    pace: JobPace = {},
    onError: OnError = () => {},
  ): Promise<JobWorker> {
    const worker = new JobWorker(control, pace, onError);
    const wake = () => worker.#wake();
    worker.#hearing = await control.listen(jobsChannel, wake, wake);
    const { lease = defaultLease } = pace;
    worker.#timer = setInterval(wake, Math.min(lookEvery, lease * 500)).unref();
    wake();
    return worker;
  }

  /** Ends after the batch that it is at; the job is left for others. */
  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#closing.abort();
    this.#hearing?.close();
    await this.#work;
  }

  #wake(): void {
    if (this.#closing.signal.aborted) return;
    if (this.#isBusy) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isBusy = true;
    this.#work = this.#workOff()
      .catch((error: unknown) =>
        this.#onError(error, 'jobs could not be looked for; they will be looked for again'),
      )
      .finally(() => {
        this.#isBusy = false;
        if (this.#isAskedAgain) this.#wake();
      });
  }

  async #workOff(): Promise<void> {
    await this.#upkeep.run(this.#closing.signal);
    while (!this.#closing.signal.aborted) {
      this.#isAskedAgain = false;
      const claim = await claimJob(this.#control, this.#id, this.#pace);
      if (claim === null) return;
      await runJob(this.#control, claim, this.#pace);
    }
  }
}

/** Works off what there is to do, of one tenant or of all; waits for what others are at. Gives how many jobs it took. */
export async function workOffJobs(
  control: ControlPlane,
  { tenantId, ...pace }: JobPace & { readonly tenantId?: string | undefined },
): Promise<number> {
  const worker = randomUUID();
  const taken = new Set<string>();
  while (!pace.signal?.aborted) {
    const claim = await claimJob(control, worker, { ...pace, tenantId });
    if (claim !== null) {
      taken.add(claim.jobId);
      await runJob(control, claim, pace);
      continue;
    }
    if ((await countQueued(control, tenantId)) === 0) break;
    await sleep(200, undefined, { signal: pace.signal }).catch(() => {});
  }
  return taken.size;
}

async function countQueued(control: ControlPlane, tenantId: string | undefined): Promise<number> {
  const rows = await control.control(
    (sql) => sql`
      select job from formwork.job_queue where ${tenantId ?? null}::uuid is null or tenant = ${tenantId ?? null}::uuid`,
  );
  return rows.length;
}
