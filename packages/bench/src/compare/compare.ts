import { forgetWrites } from '../data/forget-writes.ts';
import { nativeUrls } from '../data/native-tables.ts';
import type { Shop } from '../data/shop.ts';
import { type LoadResult, runLoad } from '../load/run-load.ts';
import { operations, quickReads } from '../operations/index.ts';
import type { Operation, OperationName, Sample } from '../operations/operation.ts';
import { startFormwork } from '../targets/formwork.ts';
import { startPostgraphile } from '../targets/postgraphile.ts';
import { startRaw } from '../targets/raw.ts';
import type { Target, TargetName } from '../targets/target.ts';
import { tell } from '../tell.ts';
import { buildRequests, readSamples } from './build-requests.ts';
import { checkAnswers } from './check-answers.ts';
import { postmasterOf } from './postmaster.ts';

export interface CompareOptions {
  readonly rounds: number;
  /** Seconds of each run. */
  readonly seconds: number;
  readonly connections: readonly number[];
  /** One large tenant, or many small ones at random. */
  readonly tenants: readonly ('one' | 'many')[];
  readonly operations?: readonly string[];
  /** All of them unless told otherwise. */
  readonly targets?: readonly TargetName[];
  readonly warmUp: WarmUp;
}

/**
 * What does not count. A process that has just started answers at a third of its speed, until its compiler has seen some
 * twenty thousand requests: whoever is measured before that is measured by its compiler.
 */
export interface WarmUp {
  /** Seconds that each target is asked quick reads by turns, before anything is measured. */
  readonly together: number;
  /** Seconds that it is then asked each operation, before that is measured. */
  readonly each: number;
}

/** The runs of one operation on one target under one load. */
export interface Measurement {
  readonly operation: OperationName;
  readonly title: string;
  readonly tenants: 'one' | 'many';
  readonly connections: number;
  readonly target: TargetName;
  readonly runs: readonly LoadResult[];
}

/** Loads all targets in turn, round after round, so that what slows the machine down slows all of them. */
export async function compare(shop: Shop, options: CompareOptions): Promise<readonly Measurement[]> {
  const targets = await startTargets(shop, options.targets ?? allTargets);
  try {
    const samples = await readSamples(shop);
    const chosen = operations.filter(({ name }) => options.operations?.includes(name) ?? true);
    await forgetWrites(shop.home);
    for (const operation of chosen) await checkAnswers(operation, targets, samples);
    await forgetWrites(shop.home);
    tell('All targets answer the same. Warming up …');
    for (const target of targets) await warmUp(target, shop, samples, options.warmUp.together);
    const measurements: Measurement[] = [];
    const loads = options.tenants.flatMap((tenants) =>
      options.connections.map((connections) => ({ tenants, connections })),
    );
    for (const { tenants, connections } of loads) {
      for (const operation of chosen) {
        tell(
          `${operation.title} · ${connections} connections · ${tenants === 'one' ? 'one tenant' : 'many tenants'}`,
        );
        const postmaster = await postmasterOf(shop.home);
        // What takes seconds takes longer where more wait for it: the slowest has to answer at least once.
        const patience = operation.patience ? operation.patience * Math.max(1, connections / 16) : 1;
        measurements.push(
          ...(
            await runRounds(operation, targets, options.rounds, (target, isWarmUp) =>
              runLoad(target, buildRequests(target, operation, samples, tenants === 'many'), {
                connections,
                postmaster,
                duration: (isWarmUp ? options.warmUp.each : options.seconds) * patience,
              }),
            )
          ).map((measured) => ({ ...measured, tenants, connections })),
        );
      }
      await forgetWrites(shop.home);
    }
    return measurements;
  } finally {
    for (const target of targets) await target.stop();
  }
}

const allTargets: readonly TargetName[] = [
  'formwork',
  'postgraphile',
  'postgraphileTenant',
  'rawJsonb',
  'rawNative',
];

async function startTargets(shop: Shop, names: readonly TargetName[]): Promise<readonly Target[]> {
  const urls = await nativeUrls(shop.home);
  const starts: Readonly<Record<TargetName, () => Promise<Target>>> = {
    formwork: () => startFormwork(shop),
    postgraphile: () => startPostgraphile(shop, urls, false),
    postgraphileTenant: () => startPostgraphile(shop, urls, true),
    rawJsonb: () => startRaw(shop, 'jsonb', urls.owner),
    rawNative: () => startRaw(shop, 'native', urls.owner),
  };
  const targets: Target[] = [];
  try {
    for (const name of names) targets.push(await starts[name]());
    return targets;
  } catch (error) {
    for (const target of targets) await target.stop();
    throw error;
  }
}

async function warmUp(
  target: Target,
  shop: Shop,
  samples: readonly Sample[],
  duration: number,
): Promise<void> {
  const requests = quickReads.map((operation) => buildRequests(target, operation, samples, false));
  const byTurns = requests[0]?.flatMap((_, index) => requests.flatMap((list) => list[index] ?? [])) ?? [];
  await runLoad(target, byTurns, { connections: 16, duration, postmaster: await postmasterOf(shop.home) });
}

/** One run to warm up, which does not count, and then the rounds. */
async function runRounds(
  { name: operation, title }: Operation,
  targets: readonly Target[],
  rounds: number,
  run: (target: Target, warmUp: boolean) => Promise<LoadResult>,
): Promise<readonly Pick<Measurement, 'operation' | 'title' | 'target' | 'runs'>[]> {
  const runs = targets.map((target) => ({ operation, title, target: target.name, runs: [] as LoadResult[] }));
  for (const target of targets) await run(target, true);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, target] of targets.entries()) runs[index]?.runs.push(await run(target, false));
  }
  return runs;
}
