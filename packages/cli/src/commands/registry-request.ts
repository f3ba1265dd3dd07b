import type { Change } from '@formwork/registry';
import type { ChangeRequest } from '@formwork/registry-store';
import { Argument, InvalidArgumentError, Option } from 'commander';

/** What a file asks for: a list is one of changes, all else a document, which is checked as one. */
export function requestOf(file: unknown): ChangeRequest {
  return Array.isArray(file) ? { changes: file as readonly Change[] } : { document: file };
}

export function fileArgument(): Argument {
  return new Argument(
    '<file>',
    'a registry document, or a list of changes as "/design" takes it (JSON); - for standard input',
  );
}

export function expectVersionOption(): Option {
  return new Option('--expect-version <n>', 'refuse if the registry is at another version by now').argParser(
    parseVersion,
  );
}

export function forceOption(): Option {
  return new Option(
    '--force',
    'although clients have used lately what goes (FORMWORK_USAGE_WINDOW_DAYS): they break at once',
  );
}

export function parseVersion(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number, as "formwork tenant list" shows it.');
}
