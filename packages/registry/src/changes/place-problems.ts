import type { Problem } from '../problem.ts';
import type { Steps } from '../steps.ts';
import type { Change } from './change.ts';

/** Lists that are made to find where problems come from. */
const mostAttempts = 20;

/** Which change of the list a problem is one of; null where it is none of a change. */
export function changeOf({ path }: Pick<Problem, 'path'>): number | null {
  const [, index] = /^changes\[(\d+)\]/.exec(path) ?? [];
  return index === undefined ? null : Number(index);
}

/**
 * What is wrong with something that no change of the list has written, such as a formula over a field that is of another type
 * now, comes from the first change that makes it so. `problemsOf` gives what is wrong with so many of the changes.
 */
export function* placeProblems(
  changes: readonly Change[],
  problems: readonly Problem[],
  problemsOf: (count: number) => Steps<readonly Problem[]>,
): Steps<readonly Problem[]> {
  const known = new Map<number, ReadonlySet<string>>();
  const placed: Problem[] = [];
  for (const problem of problems) {
    if (!problem.path.startsWith('document')) {
      placed.push(problem);
      continue;
    }
    // Without it there is `from`, with it `to`.
    let [from, to] = [0, changes.length];
    while (to - from > 1 && known.size < mostAttempts) {
      const middle = Math.floor((from + to) / 2);
      const found = known.get(middle) ?? new Set((yield* problemsOf(middle)).map(identityOf));
      known.set(middle, found);
      if (found.has(identityOf(problem))) to = middle;
      else from = middle;
    }
    placed.push(to - from > 1 ? problem : { ...problem, path: placeOf(changes, to - 1) });
  }
  return placed;
}

function identityOf({ code, message }: Problem): string {
  return `${code} ${message}`;
}

/** "changes[2].renameField" */
export function placeOf(changes: readonly Change[], index: number): string {
  const [kind] = Object.entries(changes[index] ?? {}).find(([, given]) => given != null) ?? [];
  return `changes[${index}]${kind === undefined ? '' : `.${kind}`}`;
}
