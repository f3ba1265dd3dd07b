import type { Command } from 'commander';
import { record } from '../report/record.ts';
import { publish, type Report } from '../report/report.ts';

/** Where a report goes besides the terminal. */
export interface PublishOptions {
  readonly json?: string;
  readonly record?: string | true;
}

export function addPublishOptions(command: Command): Command {
  return command
    .option('--json <file>', 'write what was measured')
    .option(
      '--record [directory]',
      'keep it in performance.md and performance.json of that directory (docs)',
    );
}

export async function publishAs(name: string, report: Report, options: PublishOptions): Promise<void> {
  await publish(report, options.json);
  if (options.record === undefined) return;
  const sections = [`Measured by \`npm run bench -- ${given()}\`.`, ...report.sections];
  await record(name, { ...report, sections }, options.record === true ? 'docs' : options.record);
}

/** What was asked for on the command line, without where it goes. */
function given(): string {
  return process.argv
    .slice(2)
    .filter((word, index, words) => !word.startsWith('--record') && words[index - 1] !== '--record')
    .join(' ');
}
