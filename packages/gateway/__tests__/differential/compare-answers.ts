import { compareDecimals, decimalOf } from './decimal.ts';
import type { NaiveAnswer } from './naive-executor.ts';
import { anyScale } from './naive-group-step.ts';
import type { Answer } from './subject.ts';

/** Cursors of ours by what the naive executor calls them, and the other way round: each stands for one place. */
export class CursorNames {
  readonly #ours = new Map<string, string>();
  readonly #naive = new Map<string, string>();

  ours(naive: string): string | undefined {
    return this.#ours.get(naive);
  }

  /** Whether both stand for the same place; what is new is believed. */
  match(naive: string, ours: string): boolean {
    const [knownOurs, knownNaive] = [this.#ours.get(naive), this.#naive.get(ours)];
    if (knownOurs === undefined && knownNaive === undefined) {
      this.#ours.set(naive, ours);
      this.#naive.set(ours, naive);
      return true;
    }
    return knownOurs === ours && knownNaive === naive;
  }
}

/** The first difference between the specification's answer and ours, or null. */
export function differenceOf(naive: NaiveAnswer, ours: Answer, cursors: CursorNames): string | null {
  const difference =
    dataDifference(naive.answer.data, ours.data, 'data', cursors) ?? errorDifference(naive, ours);
  if (difference === null) return null;
  const errors = [naive.answer, ours].map((answer) =>
    JSON.stringify(answer.errors?.map(({ message, path }) => [message, path])),
  );
  return `errors wanted: ${errors[0]}\nerrors that came: ${errors[1]}\n${difference}`;
}

/**
 * Where several errors meet at one null, an executor shows the one that came first: so each of ours must be one of
 * those that were thrown, and as many nulls must have an error.
 */
function errorDifference({ answer, thrown }: NaiveAnswer, ours: Answer): string | null {
  const describe = (errors: Answer['errors']) =>
    (errors ?? []).map(({ path = [], extensions }) => `${path.join('.')} ${extensions?.code}`).sort();
  const [wanted, found] = [describe(answer.errors), describe(ours.errors)];
  if (JSON.stringify(wanted) === JSON.stringify(found)) return null;
  const possible = new Set([...wanted, ...thrown.map(({ path, code }) => `${path} ${code}`)]);
  // A count that is refused is refused with its list.
  const isThrown = (error: string) => possible.has(error) || [...possible].some((one) => isBelow(one, error));
  const agree = wanted.length > 0 === found.length > 0 && found.every(isThrown);
  // Refused before anything ran: of several reasons, which does not matter.
  const codes = (errors: readonly string[]) => [...new Set(errors)].join();
  if (agree && (answer.data !== undefined || codes(wanted) === codes(found))) return null;
  const message = ours.errors?.map((error) => error.message).join(' / ');
  return `errors: ${JSON.stringify(wanted)} is wanted, ${JSON.stringify(found)} came (${message})`;
}

function isBelow(one: string, error: string): boolean {
  const [path = '', code] = one.split(' ');
  const [above = '', sameCode] = error.split(' ');
  return code === sameCode && path.startsWith(`${above}.`);
}

function dataDifference(naive: unknown, ours: unknown, path: string, cursors: CursorNames): string | null {
  const differs = () => `${path}: ${JSON.stringify(naive)} is wanted, ${JSON.stringify(ours)} came`;
  if (Array.isArray(naive) && Array.isArray(ours)) {
    if (naive.length !== ours.length) return differs();
    return firstOf(naive, (item, index) => dataDifference(item, ours[index], `${path}.${index}`, cursors));
  }
  if (isObject(naive) && isObject(ours)) {
    if (Object.keys(naive).join() !== Object.keys(ours).join()) return differs();
    return firstOf(Object.keys(naive), (name) =>
      dataDifference(naive[name], ours[name], `${path}.${name}`, cursors),
    );
  }
  return isSame(naive, ours, cursors) ? null : differs();
}

function firstOf<T>(items: readonly T[], find: (item: T, index: number) => string | null): string | null {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== null) return found;
  }
  return null;
}

function isSame(naive: unknown, ours: unknown, cursors: CursorNames): boolean {
  if (typeof naive === 'string' && typeof ours === 'string') {
    if (naive.startsWith('naive|')) return cursors.match(naive, ours);
    if (naive.startsWith(anyScale)) {
      return compareDecimals(decimalOf(naive.slice(anyScale.length)), decimalOf(ours)) === 0;
    }
  }
  if (typeof naive === 'number' && typeof ours === 'number') {
    // An average may be rounded in another place.
    return naive === ours || Math.abs(naive - ours) <= Math.abs(naive) * 1e-14;
  }
  return naive === ours;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
