import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { compare } from '../compare/compare.ts';
import { fullShop, openShop, quickShop } from '../data/shop.ts';
import { describeMachine } from '../machine.ts';
import { compareTables } from '../report/compare-table.ts';
import { type Ratios, ratiosOf } from '../report/ratios.ts';
import { fallenBelow, type Recorded } from '../report/regressions.ts';
import { positive } from './positive.ts';
import { addPublishOptions, type PublishOptions, publishAs } from './publishing.ts';

interface Options extends PublishOptions {
  readonly quick?: boolean;
  readonly rounds?: number;
  readonly seconds?: number;
  readonly warmUp?: number;
  readonly connections?: readonly number[];
  readonly operations?: readonly string[];
  readonly baseline: string;
}

/** The default: ours beside PostGraphile and the raw limit. */
export function addCompareCommand(program: Command): void {
  addPublishOptions(program.command('compare', { isDefault: true }))
    .description('ours, PostGraphile and the raw limit, loaded in turn')
    .option('--quick', 'two minutes, fewer records; exits 1 where a ratio fell below 0.8 of the recorded one')
    .option('--rounds <count>', 'runs of each', positive)
    .option('--seconds <count>', 'of each run', positive)
    .option('--warm-up <seconds>', 'of each before what counts', positive)
    .option('--connections <list>', 'with commas between', (text: string) => text.split(',').map(positive))
    .option('--operations <list>', 'with commas between: byId, selective, …', (text: string) =>
      text.split(','),
    )
    .option('--baseline <file>', 'the recorded ratios', 'docs/performance.json')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const isQuick = options.quick === true;
  const shop = await openShop(isQuick ? 'shop-quick' : 'shop', isQuick ? quickShop : fullShop);
  try {
    const machine = await describeMachine(shop.home);
    const ratios = ratiosOf(
      await compare(shop, {
        rounds: options.rounds ?? (isQuick ? 2 : 5),
        seconds: options.seconds ?? (isQuick ? 1 : 4),
        warmUp: { together: isQuick ? 8 : 20, each: options.warmUp ?? (isQuick ? 1 : 4) },
        connections: options.connections ?? (isQuick ? [16] : [1, 16, 64]),
        tenants: isQuick ? ['one'] : ['one', 'many'],
        // In two minutes each has its time to warm up only if they are few.
        ...(isQuick ? { targets: ['formwork', 'postgraphile', 'rawJsonb'] } : {}),
        ...(options.operations === undefined ? {} : { operations: options.operations }),
      }),
    );
    // Before this run takes its place.
    const recorded = await readRecorded(options.baseline);
    const title = 'Ours, PostGraphile 5 and the raw limit';
    await publishAs(
      isQuick ? 'quick' : 'compare',
      {
        title: isQuick ? `${title}, quickly` : title,
        machine,
        sections: [compareTables(ratios)],
        figures: ratios,
      },
      options,
    );
    if (isQuick) tellRegressions(recorded, ratios);
  } finally {
    await shop.home.close();
  }
}

async function readRecorded(file: string): Promise<Recorded> {
  return JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
}

function tellRegressions(recorded: Recorded, ratios: readonly Ratios[]): void {
  const fallen = fallenBelow(recorded.quick?.figures ?? [], ratios);
  for (const line of fallen.lines) process.stdout.write(`${line}\n`);
  if (fallen.count > 0) process.exitCode = 1;
}
