import type { Command } from 'commander';
import { publish, type Report } from '../report/report.ts';
import { positive } from './positive.ts';

/** A number that an option sets: what it is, and what it is when nobody says. */
export interface Setting {
  readonly says: string;
  readonly value: number;
  /** With --quick. */
  readonly quick: number;
}

export interface Measurement<Name extends string> {
  readonly name: string;
  readonly description: string;
  readonly settings: Readonly<Record<Name, Setting>>;
  measure(settings: Readonly<Record<Name, number>>): Promise<Report>;
}

/** Adds a command that measures, prints its tables, and writes figures by --json. */
export function addMeasurement<Name extends string>(program: Command, measurement: Measurement<Name>): void {
  const { name, description, measure } = measurement;
  const settings: [string, Setting][] = Object.entries(measurement.settings);
  const command = program
    .command(name)
    .description(description)
    .option('--quick', 'small: shows that it works, and little else')
    .option('--json <file>', 'write what was measured');
  for (const [key, { says, value, quick }] of settings) {
    command.option(`--${key} <count>`, `${says} (${value}; with --quick ${quick})`, positive);
  }
  command.action(async (options: Record<string, unknown>) => {
    const isQuick = options['quick'] === true;
    const chosen = Object.fromEntries(
      settings.map(([key, { value, quick }]) => [key, options[key] ?? (isQuick ? quick : value)]),
    );
    const file = options['json'];
    await publish(await measure(chosen as Record<Name, number>), typeof file === 'string' ? file : undefined);
  });
}
