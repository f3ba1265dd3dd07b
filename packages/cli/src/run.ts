import { CommanderError } from 'commander';
import { Failure } from './failure.ts';
import { ChangesPending, comparesRegistries } from './pending.ts';
import { createProgram } from './program.ts';
import { printFailure, type Terminal } from './terminal.ts';

/** Runs one command line (without "node" and the script) and gives the exit code; it never rejects. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await createProgram(terminal).parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof ChangesPending) return error.exitCode;
    const wrongUsage = comparesRegistries(words) ? 1 : 2;
    // Commander has told its own errors, and help and version are none.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUsage;
    printFailure(terminal, words.includes('--json'), error);
    return error instanceof Failure ? Math.min(error.exitCode, wrongUsage) : 1;
  }
}
