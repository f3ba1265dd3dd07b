import { Option } from 'commander';

/** The examples at the end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

export function jsonOption(): Option {
  return new Option('--json', 'answer with JSON, for machines');
}

/** For `--map`, `--skip` and the like, which may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
