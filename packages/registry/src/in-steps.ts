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
