import type { Command } from 'commander';
import { measureWrites } from '../writes/measure-writes.ts';
import { addMeasurement } from './add-measurement.ts';

export function addWritesCommand(program: Command): void {
  addMeasurement(program, {
    name: 'writes',
    description: 'single and bulk creates beside inserts into a native table with the same constraints',
    settings: {
      rounds: { says: 'runs of each', value: 5, quick: 2 },
      singles: { says: 'single creates of a run', value: 2_000, quick: 500 },
      bulk: { says: 'records of one mutation', value: 10_000, quick: 1_000 },
      warm: {
        says: 'creates that each makes before any counts, alone and in hundreds',
        value: 10_000,
        quick: 2_000,
      },
      connections: { says: 'single creates at once', value: 8, quick: 8 },
    },
    measure: measureWrites,
  });
}
