import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { type CompareOptions, compare } from '../compare/compare.ts';
import { fullShop, openShop, quickShop } from '../data/shop.ts';
import { describeMachine, type Machine } from '../machine.ts';
import { compareTables } from '../report/compare-table.ts';
import { type Ratios, ratiosOf } from '../report/ratios.ts';
import { fallenBelow, type Recorded } from '../report/regressions.ts';
import { writeFigures } from '../report/report.ts';
import { positive } from './positive.ts';
import { addPublishOptions, type PublishOptions, publishAs } from './publishing.ts';

type Tenants = CompareOptions['tenants'][number];

interface Options extends PublishOptions {
  readonly quick?: boolean;
  readonly rounds?: number;
  readonly seconds?: number;
  readonly warmUp?: number;
  readonly connections?: readonly number[];
  readonly operations?: readonly string[];
  readonly tenants?: readonly Tenants[];
  readonly baseline: string;
}

const title = 'Ours, PostGraphile 5 and the raw limit';

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
    .option('--tenants <list>', 'one (large), many (small), or both with a comma between', tenantsOf)
    .option('--baseline <file>', 'the recorded ratios', 'docs/performance.json')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const isQuick = options.quick === true;
  const tenants: readonly Tenants[] = options.tenants ?? (isQuick ? ['one'] : ['one', 'many']);
  const shop = await openShop(isQuick ? 'shop-quick' : 'shop', isQuick ? quickShop : fullShop);
  try {
    const machine = await describeMachine(shop.home);
    const ratios = ratiosOf(
      await compare(shop, {
        rounds: options.rounds ?? (isQuick ? 2 : 5),
        seconds: options.seconds ?? (isQuick ? 1 : 4),
        warmUp: { together: isQuick ? 8 : 20, each: options.warmUp ?? (isQuick ? 1 : 4) },
        connections: options.connections ?? (isQuick ? [16] : [1, 16, 64]),
        tenants,
        // In two minutes each has its time to warm up only if they are few.
        ...(isQuick ? { targets: ['formwork', 'postgraphile', 'rawJsonb'] } : {}),
        ...(options.operations === undefined ? {} : { operations: options.operations }),
      }),
    );
    // Before this run takes its place.
    const recorded = await readRecorded(options.baseline);
    // A table for each, so that either can be measured, and kept, without the other.
    const { json, ...published } = options;
    for (const each of tenants) await tell(each, ratios, machine, published);
    if (json !== undefined) await writeFigures({ title, machine, figures: ratios }, json);
    if (isQuick) tellRegressions(recorded, ratios);
  } finally {
    await shop.home.close();
  }
}

async function tell(
  tenants: Tenants,
  ratios: readonly Ratios[],
  machine: Machine,
  options: Options,
): Promise<void> {
  const figures = ratios.filter((line) => line.tenants === tenants);
  const [name, addition] =
    tenants === 'many'
      ? ['compare-small', ', small tenants']
      : options.quick
        ? ['quick', ', quickly']
        : ['compare', ''];
  const sections = [compareTables(figures)];
  await publishAs(name, { title: `${title}${addition}`, machine, sections, figures }, options);
}

function tenantsOf(text: string): readonly Tenants[] {
  return text.split(',').map((each) => {
    if (each !== 'one' && each !== 'many') throw new InvalidArgumentError('It is one, many, or one,many.');
    return each;
  });
}

async function readRecorded(file: string): Promise<Recorded> {
  return JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
}

function tellRegressions(recorded: Recorded, ratios: readonly Ratios[]): void {
  const fallen = fallenBelow(recorded.quick?.figures ?? [], ratios);
  for (const line of fallen.lines) process.stdout.write(`${line}\n`);
  if (fallen.count > 0) process.exitCode = 1;
}
