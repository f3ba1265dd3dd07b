import { randomUUID } from 'node:crypto';
import { type ControlPlane, DatabaseError } from '@formwork/pg';
import { inSteps } from '@formwork/registry';
import {
  heartbeat,
  removeGateway,
  reportGateway,
  saveUsage,
  sweepClosings,
  usageChannel,
} from '@formwork/registry-store';
import type { Services } from '../services.ts';
import { countUsesInSteps } from './count-uses.ts';
import type { Tally } from './usage-ledger.ts';

/**
 * Tells the database what the ledger has counted: every few seconds, and at once when somebody is about to take a name
 * away and asks. Nothing here may fail a request: what cannot be told is told later.
 */
export class UsageReporter {
  readonly #control: ControlPlane;
  readonly #services: Pick<Services, 'usage' | 'log' | 'options'>;
  readonly #id = randomUUID();
  #told = 0;
  #lastFlush = Date.now();
  #underway: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #hearing: { close(): void } | null = null;
  #isClosing = false;
  /** Beats that are under way, or wait for one that is. */
  #beats = 0;
  #isLossTold = false;

  private constructor(control: ControlPlane, services: Pick<Services, 'usage' | 'log' | 'options'>) {
    this.#control = control;
    this.#services = services;
  }

  static async start(
    control: ControlPlane,
    services: Pick<Services, 'usage' | 'log' | 'options'>,
  ): Promise<UsageReporter> {
    const reporter = new UsageReporter(control, services);
    // It begins with nothing counted, so whatever was asked before is answered.
    reporter.#told = await reportGateway(control, reporter.#id, 0);
    await reportGateway(control, reporter.#id, reporter.#told);
    // Not by default: standard output begins with what `formwork start --json` says.
    services.log.debug({ gateway: reporter.#id }, 'tells what clients use');
    reporter.#hearing = await control.listen(
      usageChannel,
      () => void reporter.#beat(true),
      () => {},
    );
    reporter.#timer = setInterval(() => reporter.#beatUnlessBusy(), heartbeat).unref();
    return reporter;
  }

  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#hearing?.close();
    this.#isClosing = true;
    await this.#beat(true);
    await removeGateway(this.#control, this.#id).catch(() => {});
  }

  /** Where the database is slow, beats do not pile up. */
  #beatUnlessBusy(): void {
    if (this.#beats === 0) void this.#beat(false);
  }

  /** One after the other: an answer must not overtake what it answers for. */
  #beat(isAsked: boolean): Promise<void> {
    this.#beats += 1;
    this.#underway = this.#underway
      .then(() => this.#report(isAsked))
      .then(() => (isAsked ? undefined : sweepClosings(this.#control)))
      .catch((error: unknown) => this.#tellFailure(error))
      .finally(() => {
        this.#beats -= 1;
      });
    return this.#underway;
  }

  #tellFailure(error: unknown): void {
    const { log, usage } = this.#services;
    if (this.#isClosing) {
      if (this.#isLossTold) return;
      this.#isLossTold = true;
      const lost = 'what clients have used could not be told before the end, and is lost';
      log.warn({ err: error, untold: usage.size }, lost);
    } else {
      log.warn({ err: error }, 'what clients use could not be told; it will be told later');
    }
  }

  async #report(isAsked: boolean): Promise<void> {
    const asked = await reportGateway(this.#control, this.#id, this.#told);
    const isDue = Date.now() - this.#lastFlush >= this.#services.options.usageSeconds * 1000;
    if (!isAsked && !isDue && asked <= this.#told) return;
    await this.#flush();
    if (asked <= this.#told) return;
    await reportGateway(this.#control, this.#id, asked);
    this.#told = asked;
  }

  async #flush(): Promise<void> {
    const { usage, log } = this.#services;
    this.#lastFlush = Date.now();
    let failure: unknown = null;
    for (const [tenantId, tallies] of usage.take()) {
      try {
        await this.#save(tenantId, tallies);
      } catch (error) {
        if (!isForNow(error)) {
          // Of this tenant alone; told again and again it would keep all others from their answers.
          log.error({ err: error, tenantId }, 'what clients of a tenant use cannot be told');
          continue;
        }
        usage.putBack(tenantId, tallies);
        failure = error;
      }
    }
    if (failure !== null) throw failure;
  }

  async #save(tenantId: string, tallies: readonly Tally[]): Promise<void> {
    const uses = await inSteps(countUsesInSteps(tallies));
    if (uses.length > 0) await saveUsage(this.#control, tenantId, uses);
  }
}

/** Whether it may well go the next time: the database did not say no, it was not there or had no time. */
function isForNow(error: unknown): boolean {
  return (
    error instanceof DatabaseError &&
    (error.code !== 'DATABASE' || /^(40|53|55|57|58)/.test(error.sqlstate ?? ''))
  );
}
