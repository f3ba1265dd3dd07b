import type { Command } from 'commander';
import { measureKeys } from '../keys/measure-keys.ts';
import { addMeasurement } from './add-measurement.ts';

export function addKeysCommand(program: Command): void {
  addMeasurement(program, {
    name: 'keys',
    description: 'bigserial, UUIDv4 and UUIDv7 as primary keys: inserts, size, cache misses of recent reads',
    settings: {
      rows: { says: 'of each table', value: 10_000_000, quick: 200_000 },
      batch: { says: 'rows of one insert', value: 10_000, quick: 10_000 },
      reads: { says: 'recent records that are read', value: 10_000, quick: 1_000 },
    },
    measure: measureKeys,
  });
}
