import { linearSource, longestMatched, type Registry } from '@formwork/registry';
import { RE2JS } from 're2js';
import { Cache } from '../cache.ts';
import { RecordError } from '../contract.ts';
import { Memory } from '../memory.ts';

/**
 * A designer's pattern, run by an engine whose time is linear in the text: with a backtracking one a single hostile
 * pattern would stop the gateway for every tenant.
 */
export interface LinearPattern {
  readonly test: (text: string) => boolean;
  /** Longer texts are not matched at all: that they are too long is told by their length. */
  readonly longestText: number;
}

const mostProgramSize = 20_000;

/** Of all patterns of all tenants. */
const mostBytes = 16 * 1024 * 1024;

/** Bytes of a program: some for each of its steps. */
const compiled = new Cache<string, Compiled>(
  new Memory(mostBytes),
  ({ size }, source) => 1_000 + 4 * source.length + 100 * size,
);

interface Compiled {
  readonly pattern: LinearPattern | null;
  readonly size: number;
}

/**
 * The pattern, as in JSON Schema found anywhere in the text; null if the engine cannot run it (look-around and
 * back references are not linear) or it is too large.
 */
export function compilePattern(source: string): LinearPattern | null {
  let known = compiled.get(source);
  if (known === undefined) {
    known = compile(source);
    compiled.set(source, known);
  }
  return known.pattern;
}

function compile(source: string): Compiled {
  try {
    const engine = RE2JS.compile(RE2JS.translateRegExp(linearSource(source)));
    const size = engine.programSize();
    if (size > mostProgramSize) return { pattern: null, size: 0 };
    const longestText = longestMatched(size);
    const test = (text: string) => text.length > 2 * longestText || inTime(text, () => engine.test(text));
    return { pattern: { test, longestText }, size };
  } catch {
    return { pattern: null, size: 0 };
  }
}

/**
 * Milliseconds of matching that a design may take in one piece, after which no more is begun, and the share of all time that it may
 * take in the long run.
 */
const mostTime = 1000;
const share = 0.25;

/** What counts as nothing, four times what most patterns take: nobody is refused for many records, on a busy machine either. */
const free = { forEachText: 0.02, forEachCharacter: 0.0004 };

let timeLeft = Number.POSITIVE_INFINITY;

const times = new WeakMap<Registry, MatchingTime>();

/**
 * An end to the matching of patterns. One worst text is harmless, and a request may hold thousands: they held the gateway for a quarter
 * of an hour. By design, because the pattern is the designer's: a request may have many parts, and be sent again and again.
 */
export class MatchingTime {
  #left = mostTime;
  #since = 0;

  static of(registry: Registry): MatchingTime {
    let time = times.get(registry);
    if (time === undefined) {
      time = new MatchingTime();
      times.set(registry, time);
    }
    return time;
  }

  /** Does work that nobody else has a turn in. Throws LIMIT_EXCEEDED. */
  during<T>(work: () => T): T {
    if (this.#left < mostTime) this.#refill();
    timeLeft = this.#left;
    try {
      return work();
    } finally {
      if (this.#left === mostTime && timeLeft < mostTime) this.#since = performance.now();
      this.#left = timeLeft;
      timeLeft = Number.POSITIVE_INFINITY;
    }
  }

  #refill(): void {
    const now = performance.now();
    this.#left = Math.min(mostTime, this.#left + share * (now - this.#since));
    this.#since = now;
  }
}

function inTime({ length }: string, match: () => boolean): boolean {
  if (timeLeft <= 0) {
    const message =
      'The patterns of these fields take too long to match with so much text. Send fewer or shorter texts, or wait a moment.';
    throw new RecordError('LIMIT_EXCEEDED', message);
  }
  const since = performance.now();
  const matches = match();
  // At most what there is: a process that was stopped meanwhile, for minutes, has not matched for minutes.
  const taken = Math.min(mostTime, performance.now() - since);
  timeLeft -= Math.max(0, taken - free.forEachText - free.forEachCharacter * length);
  return matches;
}
