import { readFile, writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { compare } from '../compare/compare.ts';
import { fullShop, openShop, quickShop } from '../data/shop.ts';
import { compareTables } from '../report/compare-table.ts';
import { ratiosOf } from '../report/ratios.ts';
import { fallenBelow, type Recorded } from '../report/regressions.ts';

interface Options {
  readonly quick?: boolean;
  readonly json?: string;
  readonly rounds?: number;
  readonly seconds?: number;
  readonly connections?: readonly number[];
  readonly operations?: readonly string[];
  readonly baseline: string;
}

/** The default: ours beside PostGraphile and the raw limit. */
export function addCompareCommand(program: Command): void {
  program
    .command('compare', { isDefault: true })
    .description('ours, PostGraphile and the raw limit, loaded in turn')
    .option('--quick', 'two minutes, fewer records; exits 1 where a ratio fell below 0.8 of the recorded one')
    .option('--json <file>', 'write what was measured')
    .option('--rounds <count>', 'runs of each', positive)
    .option('--seconds <count>', 'of each run', positive)
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
    const ratios = ratiosOf(
      await compare(shop, {
        rounds: options.rounds ?? (isQuick ? 2 : 5),
        seconds: options.seconds ?? (isQuick ? 1 : 4),
        connections: options.connections ?? (isQuick ? [16] : [1, 16, 64]),
        tenants: isQuick ? ['one'] : ['one', 'many'],
        ...(options.operations === undefined ? {} : { operations: options.operations }),
      }),
    );
    process.stdout.write(`${compareTables(ratios)}\n`);
    if (options.json !== undefined) await writeFile(options.json, JSON.stringify(ratios, null, 2));
    if (isQuick) await tellRegressions(options.baseline, ratios);
  } finally {
    await shop.home.close();
  }
}

async function tellRegressions(file: string, ratios: ReturnType<typeof ratiosOf>): Promise<void> {
  const recorded: Recorded = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
  const fallen = fallenBelow(recorded.quick ?? [], ratios);
  for (const line of fallen.lines) process.stdout.write(`${line}\n`);
  if (fallen.count > 0) process.exitCode = 1;
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.');
  return number;
}
