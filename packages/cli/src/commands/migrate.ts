import type { Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';

/** `formwork migrate`. */
export function addMigrateCommand(program: Command, terminal: Terminal): void {
  program
    .command('migrate')
    .description(
      'Bring the database up to date. Every other command does so first as well; here is what a release runs.',
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('formwork migrate', 'DATABASE_URL=postgres://admin@db.example.com/formwork formwork migrate'),
    )
    .action(async ({ json }: { json?: boolean }) => {
      const applied = await withInstallation(terminal, async ({ postgres }) => postgres.applied);
      print(terminal, json === true, { applied }, [
        applied.length === 0 ? 'The database was up to date.' : `Applied: ${applied.join(', ')}.`,
      ]);
    });
}
