import { CommanderError } from 'commander';
import { Failure } from './failure.ts';
import { createProgram } from './program.ts';
import { printFailure, type Terminal } from './terminal.ts';

/** Runs one command line (without "node" and the script) and gives the exit code; it never rejects. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await createProgram(terminal).parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has told its own errors, and help and version are none.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    printFailure(terminal, words.includes('--json'), error);
    return error instanceof Failure ? error.exitCode : 1;
  }
}
