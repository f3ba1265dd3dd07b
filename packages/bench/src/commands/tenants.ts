import type { Command } from 'commander';
import { measureTenants } from '../tenants/measure-tenants.ts';
import { addMeasurement } from './add-measurement.ts';

export function addTenantsCommand(program: Command): void {
  addMeasurement(program, {
    name: 'tenants',
    description: 'many tenants on one node: memory, first answers, changes of registries',
    settings: {
      tenants: { says: 'on the node', value: 10_000, quick: 300 },
      shapes: { says: 'of them with a design of their own', value: 1_000, quick: 50 },
      changes: { says: 'tenants that change in a minute', value: 50, quick: 50 },
      minutes: { says: 'that they do', value: 3, quick: 1 },
    },
    measure: measureTenants,
  });
}
