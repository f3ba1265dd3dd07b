import { writeFile } from 'node:fs/promises';
import { type Machine, machineLine } from '../machine.ts';

/** What a measurement says: to people as Markdown, to programs as figures. */
export interface Report {
  readonly title: string;
  readonly machine: Machine;
  /** Tables and what has to be known about them. */
  readonly sections: readonly string[];
  readonly figures: unknown;
}

/** Prints the report, and writes its figures where a file is named. */
export async function publish(report: Report, file?: string): Promise<void> {
  process.stdout.write(`${markdownOf(report)}\n`);
  if (file !== undefined) await writeFigures(report, file);
}

export async function writeFigures(
  { title, machine, figures }: Omit<Report, 'sections'>,
  file: string,
): Promise<void> {
  await writeFile(file, `${JSON.stringify({ title, machine, figures }, null, 2)}\n`);
}

export function markdownOf({ title, machine, sections }: Report): string {
  return [`## ${title}`, machineLine(machine), ...sections].join('\n\n');
}
