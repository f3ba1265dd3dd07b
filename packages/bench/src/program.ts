import { Command } from 'commander';
import { addCompareCommand } from './commands/compare.ts';
import { addKeysCommand } from './commands/keys.ts';
import { addRlsCommand } from './commands/rls.ts';
import { addScaleCommand } from './commands/scale.ts';
import { addTenantsCommand } from './commands/tenants.ts';
import { addWritesCommand } from './commands/writes.ts';

/** `npm run bench -- …`. */
export function createProgram(): Command {
  const program = new Command('bench')
    .description(
      'Measures Formwork, against others and against itself. Everything is made in .formwork-bench.',
    )
    .showHelpAfterError();
  addCompareCommand(program);
  addRlsCommand(program);
  addTenantsCommand(program);
  addScaleCommand(program);
  addWritesCommand(program);
  addKeysCommand(program);
  return program;
}
