import type { Reply } from './world.ts';

/** What a run of the fuzzer did, and what it found. */
export class Tally {
  readonly seed: number;
  readonly operations: number;
  /** By tenant and kind. */
  readonly kinds = new Map<string, number>();
  readonly statuses = new Map<string, number>();
  readonly leaks: string[] = [];
  /** Answers with data, and with errors. */
  answered = 0;
  refused = 0;
  /** Answers that were compared with those of a twin that is alone, and the statements that led to them. */
  compared = 0;
  comparedStatements = 0;
  /** Requests whose client went away. */
  left = 0;
  /** What others have that was said to a tenant that does not. */
  thrown = 0;
  /** What everybody hears of changes. */
  notifications = 0;

  constructor(seed: number, operations: number) {
    this.seed = seed;
    this.operations = operations;
  }

  count(letter: string, kind: string, { status, body }: Reply, isThrown: boolean): void {
    const add = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
    add(this.kinds, `${letter} ${kind}`);
    add(this.statuses, String(status));
    if (isThrown) this.thrown += 1;
    if (body.includes('"errors":')) this.refused += 1;
    else this.answered += 1;
    if (body.includes('"INTERNAL"')) this.leaks.push(`An error of ours, not of tenant ${letter}: ${body}`);
  }
}
