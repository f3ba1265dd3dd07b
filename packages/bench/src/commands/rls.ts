import type { Command } from 'commander';
import { measureRls } from '../rls/measure-rls.ts';
import { addMeasurement } from './add-measurement.ts';

export function addRlsCommand(program: Command): void {
  addMeasurement(program, {
    name: 'rls',
    description: 'the same statements with row-level security and with a condition on the tenant by hand',
    settings: {
      rounds: { says: 'runs of each', value: 31, quick: 7 },
      orders: { says: 'of the tenant: 100000 or, below that, 20000', value: 100_000, quick: 20_000 },
    },
    measure: measureRls,
  });
}
