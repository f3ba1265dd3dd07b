import type { Command } from 'commander';
import { measureScale } from '../scale/measure-scale.ts';
import { positive } from './positive.ts';
import { addPublishOptions, type PublishOptions, publishAs } from './publishing.ts';

interface Options extends PublishOptions {
  readonly quick?: boolean;
  readonly big?: boolean;
  readonly sizes?: readonly number[];
  readonly among?: readonly number[];
  readonly requests?: number;
  readonly chart?: string;
}

const quick = [300, 1_000, 3_000];
const usual = [1_000, 10_000, 100_000, 1_000_000];
const largest = 10_000_000;

export function addScaleCommand(program: Command): void {
  addPublishOptions(program.command('scale'))
    .description(
      'the same operations over 1,000 to 1,000,000 records of one tenant, over a tenant that is one of 1 to 10,000, and plans of hot queries',
    )
    .option('--quick', 'small: shows that it works, and little else')
    .option('--big', '10,000,000 records too')
    .option('--sizes <list>', 'records of each tenant, with commas between', (text: string) =>
      text.split(',').map(positive),
    )
    .option('--among <list>', 'of how many tenants a tenant is one, with commas between', (text: string) =>
      text.split(',').map(positive),
    )
    .option('--requests <count>', 'of each operation on each tenant', positive)
    .option('--chart <file>', 'draw a chart, as SVG')
    .action(async (options: Options) => {
      const isQuick = options.quick === true;
      const sizes = options.sizes ?? (isQuick ? quick : usual);
      const report = await measureScale({
        sizes: options.big === true ? [...sizes, largest] : sizes,
        among: options.among ?? (isQuick ? [1, 10] : [1, 100, 10_000]),
        requests: options.requests ?? (isQuick ? 20 : 200),
        chart: options.chart,
      });
      await publishAs('scale', report, options);
    });
}
