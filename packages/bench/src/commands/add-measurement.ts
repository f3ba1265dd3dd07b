import type { Command } from 'commander';
import type { Report } from '../report/report.ts';
import { positive } from './positive.ts';
import { addPublishOptions, type PublishOptions, publishAs } from './publishing.ts';

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

/** Adds a command that measures, prints its tables, and keeps them where options say. */
export function addMeasurement<Name extends string>(program: Command, measurement: Measurement<Name>): void {
  const { name, description, measure } = measurement;
  const settings: [string, Setting][] = Object.entries(measurement.settings);
  const command = addPublishOptions(
    program
      .command(name)
      .description(description)
      .option('--quick', 'small: shows that it works, and little else'),
  );
  for (const [key, { says, value, quick }] of settings) {
    command.option(`--${key} <count>`, `${says} (${value}; with --quick ${quick})`, positive);
  }
  command.action(async (options: PublishOptions & Record<string, unknown>) => {
    const isQuick = options['quick'] === true;
    const chosen = Object.fromEntries(
      settings.map(([key, { value, quick }]) => [key, options[key] ?? (isQuick ? quick : value)]),
    );
    await publishAs(name, await measure(chosen as Record<Name, number>), options);
  });
}
