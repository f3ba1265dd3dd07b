import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settings } from '@formwork/gateway';
import { Command } from 'commander';
import { examples } from './command-help.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addDocumentsCommand } from './commands/documents.ts';
import { addImportCommand } from './commands/import.ts';
import { addJobsCommand } from './commands/jobs.ts';
import { addKeyCommand } from './commands/key.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addRegistryCommand } from './commands/registry.ts';
import { addStartCommand } from './commands/start.ts';
import { addSystemCommand } from './commands/system.ts';
import { addTenantCommand } from './commands/tenant.ts';
import { addVerifyCommand } from './commands/verify.ts';
import type { Terminal } from './terminal.ts';

/** The whole command line, ready to parse. It throws where commander would end the process. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('formwork')
    .description('A multi-tenant GraphQL gateway over Postgres: each tenant designs its own entities.')
    .version(readVersion(), '--version', 'print the version')
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.error.write(text),
    })
    .showHelpAfterError('Add --help to see how the command is written.')
    .exitOverride()
    .addHelpText('after', () => `${describeSettings()}${overview}`);
  addStartCommand(program, terminal);
  addMigrateCommand(program, terminal);
  addTenantCommand(program, terminal);
  addKeyCommand(program, terminal);
  addRegistryCommand(program, terminal);
  addDocumentsCommand(program, terminal);
  addImportCommand(program, terminal);
  addJobsCommand(program, terminal);
  addVerifyCommand(program, terminal);
  addSystemCommand(program, terminal);
  addAuditCommand(program, terminal);
  return program;
}

const exitCodes = `
Exit codes:
  0  done
  1  refused or failed; what is wrong stands on standard error
  2  the command or the environment is written wrongly
`;

const overview =
  exitCodes +
  examples(
    'formwork start --demo',
    'formwork tenant create acme --template marketplace',
    'formwork key create --tenant acme --role admin',
    'formwork import --tenant acme --entity tag tags.csv',
  );

/** Every variable of the gateway's one table, and what is read when it is unset. */
function describeSettings(): string {
  const rows = Object.values(settings).map(({ name, default: value, description }) => {
    const end = value === null ? '' : ` (default: ${value})`;
    return `  ${name}\n      ${description}${end}`;
  });
  return `\nEnvironment:\n${rows.join('\n')}\n`;
}

function readVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'),
  );
  return manifest.version;
}
