import { RegistryError } from '@formwork/registry';
import { type CheckedChange, checkChange, RegistryConflictError } from '@formwork/registry-store';
import type { Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { getTenant } from '../find-tenant.ts';
import { ChangesPending } from '../pending.ts';
import { quote } from '../quote.ts';
import { readDocument } from '../read-document.ts';
import { describePlan, type Place, planOf } from '../registry-plan.ts';
import { print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';
import { expectVersionOption, fileArgument, forceOption, requestOf } from './registry-request.ts';

const exitCodes = `
Exit codes:
  0  nothing to change: the registry is as the file says
  1  an error, or the file cannot be applied; what is wrong stands on standard error
  2  there are changes to apply
`;

interface CompareOptions {
  readonly tenant: string;
  readonly expectVersion?: number;
  readonly force?: boolean;
  readonly sdl?: boolean;
  readonly json?: boolean;
}

/** `formwork registry diff`: what differs, in sentences. */
export function addDiff(registry: Command, terminal: Terminal): void {
  comparison(registry, 'diff', 'Say what a design would change. Applies nothing.')
    .addHelpText(
      'after',
      exitCodes +
        examples(
          'formwork registry diff --tenant acme design.json',
          'formwork registry diff --tenant acme design.json || formwork registry apply --tenant acme design.json',
        ),
    )
    .action(async (file: string, options: CompareOptions) => {
      const { version, changes } = await check(terminal, file, options, async (_, checked) => checked);
      print(terminal, options.json === true, { tenant: options.tenant, version, changes }, [
        changes.length === 0
          ? `Nothing to change: the registry of ${quote(options.tenant)} is as the file says, at version ${version}.`
          : `The registry of ${quote(options.tenant)}, at version ${version}, would change:`,
        ...changes.map(({ message }) => `  - ${message}`),
      ]);
      if (changes.length > 0) throw new ChangesPending();
    });
}

/** `formwork registry plan`: what it would mean, to clients and to records. */
export function addPlan(registry: Command, terminal: Terminal): void {
  comparison(
    registry,
    'plan',
    'Say what applying a design would do: to the design, to the GraphQL API and its clients, to records. Applies nothing.',
  )
    .option('--sdl', 'show the difference of the GraphQL schema too')
    .addHelpText(
      'after',
      exitCodes +
        examples(
          'formwork registry plan --tenant acme design.json',
          'formwork registry plan --tenant acme design.json --sdl',
          'formwork registry plan --tenant acme design.json --json | jq -r .level',
        ),
    )
    .action(async (file: string, options: CompareOptions) => {
      const plan = await check(terminal, file, options, (place, checked) =>
        planOf(options.tenant, place, checked),
      );
      print(terminal, options.json === true, plan, describePlan(plan, options.sdl === true));
      if (plan.changes.length > 0) throw new ChangesPending();
    });
}

function comparison(registry: Command, name: string, description: string): Command {
  return registry
    .command(name)
    .description(description)
    .addArgument(fileArgument())
    .requiredOption('--tenant <slug>', 'whose design')
    .addOption(expectVersionOption())
    .addOption(forceOption())
    .addOption(jsonOption());
}

/** Where nothing is in the way of it: `tell` says what it would do. */
async function check<Told>(
  terminal: Terminal,
  file: string,
  { tenant: slug, expectVersion, force = false }: CompareOptions,
  tell: (place: Place, checked: CheckedChange) => Promise<Told>,
): Promise<Told> {
  const request = requestOf(await readDocument(terminal, file));
  return withInstallation(terminal, async ({ control, settings }) => {
    const { fillLimit, usageWindowDays: usageWindow } = settings;
    const { id } = await getTenant(control, slug);
    const checked = await checkChange(control, id, request, { fillLimit, usageWindow, force });
    if (expectVersion !== undefined && expectVersion !== checked.version) {
      throw new RegistryConflictError(expectVersion, checked.version);
    }
    if (checked.problems.length > 0) throw new RegistryError(checked.problems);
    return tell({ control, tenantId: id, usageWindow }, checked);
  });
}
