import type { TargetName } from '../targets/target.ts';
import type { Ratios } from './ratios.ts';

/** What of `docs/performance.json` is compared with. */
export interface Recorded {
  readonly quick?: { readonly figures: readonly Ratios[] };
}

/** A ratio below this share of the recorded one counts as fallen; less is the noise of machines. */
const tolerated = 0.8;

/** Each ratio beside the recorded one, and how many have fallen. */
export function fallenBelow(
  recorded: readonly Ratios[],
  now: readonly Ratios[],
): { readonly lines: readonly string[]; readonly count: number } {
  const lines: string[] = [];
  let count = 0;
  for (const { operation, connections, tenants, ratio } of now) {
    const before = recorded.find(
      (line) => line.operation === operation && line.connections === connections && line.tenants === tenants,
    );
    for (const [target, value] of Object.entries(ratio)) {
      const then = before?.ratio[target as TargetName];
      const hasFallen = then !== undefined && value < then * tolerated;
      if (hasFallen) count += 1;
      lines.push(
        `${operation} / ${target}: ${value.toFixed(2)}, recorded ${then?.toFixed(2) ?? '–'}${hasFallen ? '  FELL' : ''}`,
      );
    }
  }
  return { lines, count };
}
