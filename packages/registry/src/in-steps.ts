import type { Steps } from './steps.ts';

/** Milliseconds of work between two turns of everybody else. */
const atOnce = 8;

interface Job {
  /** Does the next step; false once there is none. */
  step(): boolean;
}

/** What is under way, whoever asked for it: together it takes no more than one alone would. */
const jobs: Job[] = [];
let isDue = false;

/** Does long work to its end, beside all other such work by turns, and lets everybody else have the event loop in between. */
export function inSteps<Result>(steps: Steps<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    jobs.push({
      step: () => {
        try {
          const { done, value } = steps.next();
          if (done) resolve(value);
          return !done;
        } catch (error) {
          reject(error);
          return false;
        }
      },
    });
    takeTurn();
  });
}

/** Lets others have the event loop now and then, in work that waits for the database where it has to, and may not have to for long. */
export class Pace {
  #since = performance.now();

  /** Others have their turn, where it was long since they had one. */
  async rest(): Promise<void> {
    if (performance.now() - this.#since < atOnce) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#since = performance.now();
  }
}

function takeTurn(): void {
  if (isDue) return;
  isDue = true;
  setImmediate(work);
}

function work(): void {
  isDue = false;
  const since = performance.now();
  while (jobs.length > 0 && performance.now() - since < atOnce) {
    const job = jobs.shift() as Job;
    if (job.step()) jobs.push(job);
  }
  if (jobs.length > 0) takeTurn();
}
