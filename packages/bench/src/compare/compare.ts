import { forgetWrites } from '../data/forget-writes.ts';
import { nativeUrls } from '../data/native-tables.ts';
import type { Shop } from '../data/shop.ts';
import { type LoadResult, runLoad } from '../load/run-load.ts';
import { operations } from '../operations/index.ts';
import type { Operation, OperationName } from '../operations/operation.ts';
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
  const targets = await startTargets(shop);
  try {
    const samples = await readSamples(shop);
    const chosen = operations.filter(({ name }) => options.operations?.includes(name) ?? true);
    await forgetWrites(shop.home);
    for (const operation of chosen) await checkAnswers(operation, targets, samples);
    await forgetWrites(shop.home);
    tell('All targets answer the same.');
    const measurements: Measurement[] = [];
    const loads = options.tenants.flatMap((tenants) =>
      options.connections.map((connections) => ({ tenants, connections })),
    );
    for (const { tenants, connections } of loads) {
      for (const operation of chosen) {
        tell(
          `${operation.title} · ${connections} connections · ${tenants === 'one' ? 'one tenant' : 'many tenants'}`,
        );
        const load = { connections, duration: options.seconds, postmaster: await postmasterOf(shop.home) };
        measurements.push(
          ...(
            await runRounds(operation, targets, options.rounds, (target, warmUp) =>
              runLoad(target, buildRequests(target, operation, samples, tenants === 'many'), {
                ...load,
                duration: (warmUp ? 1 : load.duration) * (operation.patience ?? 1),
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

async function startTargets(shop: Shop): Promise<readonly Target[]> {
  const urls = await nativeUrls(shop.home);
  const targets: Target[] = [];
  try {
    targets.push(await startFormwork(shop));
    targets.push(await startPostgraphile(shop, urls, false));
    targets.push(await startPostgraphile(shop, urls, true));
    targets.push(await startRaw(shop, 'jsonb', urls.owner));
    targets.push(await startRaw(shop, 'native', urls.owner));
    return targets;
  } catch (error) {
    for (const target of targets) await target.stop();
    throw error;
  }
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
