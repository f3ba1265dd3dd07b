import { type AuditRow, readAudit } from '@formwork/pg';
import { type Command, InvalidArgumentError } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { formatTable, print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';

const most = 10_000;

/** `formwork audit list`. */
export function addAuditCommand(program: Command, terminal: Terminal): void {
  const audit = program
    .command('audit')
    .description('What the system role was used for: by whom, when, for which job. Nobody can change it.');
  audit
    .command('list')
    .description('List uses of the system role, the latest first.')
    .option('--last <n>', 'how many', parseCount, 50)
    .option('--job <name>', 'only of this job: "verify --all", "tenant report"')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('formwork audit list', 'formwork audit list --job "verify --all" --last 5 --json'),
    )
    .action(({ last, job, json }: { last: number; job?: string; json?: boolean }) =>
      withInstallation(terminal, async ({ control }) => {
        const uses = await readAudit(control, { last, job: job ?? null });
        const lines =
          uses.length === 0 ? ['The system role was never used.'] : formatTable(header, uses.map(toCells));
        print(terminal, json === true, uses, lines);
      }),
    );
}

const header = ['BEGAN', 'JOB', 'BY', 'TENANTS', 'RESULT', 'OUTCOME'];

function toCells({ beganAt, job, by, tenants, result, outcome }: AuditRow): string[] {
  const told = Object.entries(outcome).map(([name, value]) => `${name}: ${String(value)}`);
  return [
    beganAt.toISOString().slice(0, 19),
    job,
    by,
    tenants === null ? 'all' : tenants.join(' '),
    result ?? 'not ended',
    told.join(', '),
  ];
}

function parseCount(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw new InvalidArgumentError(`It is a whole number from 1 to ${most}.`);
}
