import type { ControlPlane } from '@formwork/pg';
import { sweepViews } from '../sweep-views.ts';
import { refreshOutdated } from './refresh-outdated.ts';

/** Milliseconds between two sweeps of one process. */
const usualInterval = 600_000;

export interface UpkeepOptions {
  /** Hears of what goes wrong; it is tried again later, or left to somebody who looks. */
  readonly onError: (error: unknown, message: string) => void;
  readonly sweepEvery?: number | undefined;
  readonly grace?: number | undefined;
}

/**
 * What somebody has to look after, for all tenants together: that what was derived by an older Formwork is derived anew,
 * and that views which no registry uses any more are dropped.
 */
export class Upkeep {
  readonly #control: ControlPlane;
  readonly #options: UpkeepOptions;
  readonly #failed = new Set<string>();
  #sweepAt: number;

  constructor(control: ControlPlane, options: UpkeepOptions) {
    this.#control = control;
    this.#options = options;
    // Not all gateways at the same moment, and not while they start.
    this.#sweepAt = performance.now() + this.#sweepEvery * (0.5 + Math.random() / 2);
  }

  /** What there is to do now; does not fail. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#try('what was derived of tenants could not be looked at', () => this.#refresh(signal));
    if (performance.now() < this.#sweepAt || signal.aborted) return;
    this.#sweepAt = performance.now() + this.#sweepEvery;
    await this.#try('views that nobody uses any more could not be dropped', () => this.#sweep());
  }

  get #sweepEvery(): number {
    return this.#options.sweepEvery ?? usualInterval;
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    await refreshOutdated(this.#control, {
      signal,
      except: [...this.#failed],
      onFailure: (tenantId, error) => {
        this.#failed.add(tenantId);
        this.#options.onError(
          error,
          `what an older Formwork derived of tenant ${tenantId} could not be derived anew: run "formwork registry refresh"`,
        );
      },
    });
  }

  async #sweep(): Promise<void> {
    const { grace } = this.#options;
    await sweepViews(this.#control, grace === undefined ? {} : { grace });
  }

  async #try(message: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => this.#options.onError(error, message));
  }
}
