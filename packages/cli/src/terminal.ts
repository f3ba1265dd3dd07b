import type { Writable } from 'node:stream';
import { describeFailure } from './describe-failure.ts';

/** The process as the commands see it. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: AsyncIterable<Buffer | string>;
  readonly out: Writable & { readonly isTTY?: boolean };
  readonly error: Writable & { readonly isTTY?: boolean };
  /** Fires at the first Ctrl-C or SIGTERM: come to an end. */
  readonly interrupted: AbortSignal;
}

/** What a command has to say: lines for people, or a value for machines where `--json` was given. */
export function print(terminal: Terminal, isJson: boolean, value: unknown, lines: readonly string[]): void {
  const text = isJson ? JSON.stringify(value, null, 2) : lines.join('\n');
  terminal.out.write(`${text}\n`);
}

/** A sentence, and the list of problems below it, on standard error; with `--json` the same as a value on standard output. */
export function printFailure(terminal: Terminal, isJson: boolean, error: unknown): void {
  const { message, problems, details, stack } = describeFailure(error, terminal.environment);
  if (isJson) terminal.out.write(`${JSON.stringify({ error: message, problems, ...details }, null, 2)}\n`);
  const lines = [message, ...problems.map((problem) => `  - ${problem}`), ...(stack === null ? [] : [stack])];
  terminal.error.write(`${lines.join('\n')}\n`);
}

/** Rows in columns, as wide as their widest cell. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((name, index) =>
    Math.max(name.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  return [header, ...rows].map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
