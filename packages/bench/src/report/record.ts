import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { percentile } from './percentile.ts';
import { markdownOf, type Report } from './report.ts';

/**
 * Keeps a report for readers: its tables in `performance.md`, between the marks of that name, and its figures in
 * `performance.json`. What people wrote around the marks stays; a page without them gets them at its end.
 */
export async function record(name: string, report: Report, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const page = join(directory, 'performance.md');
  const text = await readFile(page, 'utf8').catch(() => '# Performance\n');
  await writeFile(page, withSection(text, name, markdownOf(report)));
  const figures = join(directory, 'performance.json');
  const known: Record<string, unknown> = JSON.parse(await readFile(figures, 'utf8').catch(() => '{}'));
  const { title, machine } = report;
  const recorded = { ...known, [name]: { title, machine, figures: report.figures } };
  await writeFile(figures, `${JSON.stringify(recorded, shortened, 1)}\n`);
}

/** The page with what stands between the marks of that name replaced. */
export function withSection(text: string, name: string, section: string): string {
  const [start, end] = [`<!-- bench ${name} -->`, `<!-- /bench ${name} -->`];
  const marked = `${start}\n${section}\n${end}`;
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) return `${text.trimEnd()}\n\n${marked}\n`;
  return `${text.slice(0, from)}${marked}${text.slice(to + end.length)}`;
}

/** Long series by what is said of them; of numbers four digits: runs agree in fewer, and changes are easier to read. */
function shortened(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isInteger(value)) return Number(value.toPrecision(4));
  if (!isLongSeries(value)) return value;
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => percentile(value, share));
  return { count: value.length, p50, p99, most };
}

function isLongSeries(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 50 && value.every((one) => typeof one === 'number');
}
