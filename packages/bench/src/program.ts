import { Command } from 'commander';
import { addCompareCommand } from './commands/compare.ts';

/** `npm run bench -- …`. */
export function createProgram(): Command {
  const program = new Command('bench')
    .description(
      'Measures Formwork, against others and against itself. Everything is made in .formwork-bench.',
    )
    .showHelpAfterError();
  addCompareCommand(program);
  return program;
}
