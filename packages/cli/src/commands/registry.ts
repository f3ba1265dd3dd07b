import { writeFile } from 'node:fs/promises';
import type { TenantRow } from '@formwork/directory';
import type { ControlPlane } from '@formwork/pg';
import { type RegistryDocument, RegistryError, registryDocumentSchema } from '@formwork/registry';
import {
  applyChange,
  type ChangeRequest,
  checkChange,
  exportRegistry,
  type PlanOptions,
  RegistryConflictError,
} from '@formwork/registry-store';
import { type Command, Option } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { Failure } from '../failure.ts';
import { getTenant } from '../find-tenant.ts';
import { quote } from '../quote.ts';
import { readDocument } from '../read-document.ts';
import { describeLeftBehind } from '../registry-plan.ts';
import { print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';
import { addDiff, addPlan } from './registry-compare.ts';
import { addRefresh } from './registry-refresh.ts';
import {
  expectVersionOption,
  fileArgument,
  forceOption,
  parseVersion,
  requestOf,
} from './registry-request.ts';

/** `formwork registry diff|plan|apply|export|refresh|schema`. */
export function addRegistryCommand(program: Command, terminal: Terminal): void {
  const registry = program
    .command('registry')
    .description("Compare, apply and export a tenant's design: its entities, fields, links and keys.");
  addDiff(registry, terminal);
  addPlan(registry, terminal);
  addApply(registry, terminal);
  addExport(registry, terminal);
  addRefresh(registry, terminal);
  addSchema(registry, terminal);
}

const exitCodes = `
Exit codes:
  0  applied, or there was nothing to change
  1  refused or failed, and nothing was applied; what is wrong stands on standard error
  2  the command or the environment is written wrongly
`;

interface ApplyOptions {
  readonly tenant: string;
  readonly expectVersion?: number;
  readonly expectedVersion?: number;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

function addApply(registry: Command, terminal: Terminal): void {
  registry
    .command('apply')
    .description('Apply a design, all of it or nothing. Gateways that run take it up at once.')
    .addArgument(fileArgument())
    .requiredOption('--tenant <slug>', 'whose design')
    .addOption(expectVersionOption())
    .addOption(new Option('--expected-version <n>', 'the same').argParser(parseVersion).hideHelp())
    .addOption(forceOption())
    .option('--dry-run', 'say what would change and what is wrong, and apply nothing')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      exitCodes +
        examples(
          'formwork registry apply --tenant acme design.json',
          'formwork registry apply --tenant acme design.json --dry-run',
          'formwork registry apply --tenant acme design.json --expect-version 7',
          'formwork registry apply --tenant acme design.json --force',
          'formwork registry export --tenant acme | jq … | formwork registry apply --tenant acme -',
        ),
    )
    .action(async (file: string, options: ApplyOptions) => {
      const request = requestOf(await readDocument(terminal, file));
      const expectedVersion = options.expectVersion ?? options.expectedVersion;
      await withInstallation(terminal, async ({ control, settings }) => {
        const { fillLimit, usageWindowDays: usageWindow } = settings;
        const how = { fillLimit, usageWindow, force: options.force === true };
        const tenant = await getTenant(control, options.tenant);
        if (options.dryRun === true) {
          return previewRequest(terminal, control, tenant, request, {
            ...{ ...options, how },
            ...(expectedVersion !== undefined && { expectedVersion }),
          });
        }
        const { version, changed, leftBehind } = await applyChange(control, tenant.id, request, {
          appliedBy: 'formwork registry apply',
          expectedVersion,
          ...how,
        });
        print(terminal, options.json === true, { tenant: tenant.slug, version, changed, leftBehind }, [
          changed
            ? `The registry of "${tenant.slug}" is at version ${version} now.`
            : `Nothing to change: the registry of "${tenant.slug}" is as the document says, at version ${version}.`,
          ...leftBehind.map(describeLeftBehind),
        ]);
      });
    });
}

async function previewRequest(
  terminal: Terminal,
  control: ControlPlane,
  tenant: TenantRow,
  request: ChangeRequest,
  { json, expectedVersion, how }: ApplyOptions & { readonly how: PlanOptions },
): Promise<void> {
  const { version, problems, changes, leftBehind } = await checkChange(control, tenant.id, request, how);
  if (expectedVersion !== undefined && expectedVersion !== version) {
    throw new RegistryConflictError(expectedVersion, version);
  }
  if (problems.length > 0) throw new RegistryError(problems);
  print(terminal, json === true, { tenant: tenant.slug, version, changes, leftBehind }, [
    changes.length === 0 ? 'It would change nothing.' : 'It can be applied, and would change:',
    ...changes.map(({ message }) => `  - ${message}`),
    ...leftBehind.map(describeLeftBehind),
    'Nothing was applied.',
  ]);
}

function addExport(registry: Command, terminal: Terminal): void {
  registry
    .command('export')
    .description("Write a tenant's design as a document; applying it again changes nothing.")
    .requiredOption('--tenant <slug>', 'whose design')
    .option('-o, --output <file>', 'file to write (default: standard output)')
    .addHelpText(
      'after',
      examples(
        'formwork registry export --tenant aviation',
        'formwork registry export --tenant aviation -o aviation.json',
      ),
    )
    .action(async ({ tenant: slug, output }: { tenant: string; output?: string }) => {
      const document = await withInstallation(terminal, async ({ control }) =>
        exportDocument(control, await getTenant(control, slug)),
      );
      const text = `${JSON.stringify(document, null, 2)}\n`;
      if (output === undefined) terminal.out.write(text);
      else await writeOutput(output, text);
    });
}

function exportDocument(
  control: ControlPlane,
  { id, slug, registryVersion }: TenantRow,
): Promise<RegistryDocument> {
  if (registryVersion > 0) return exportRegistry(control, id);
  throw new Failure(`Tenant ${quote(slug)} has no registry yet: "formwork registry apply" gives it one.`);
}

function addSchema(registry: Command, terminal: Terminal): void {
  registry
    .command('schema')
    .description('Write the JSON Schema of registry documents, for editors and checks.')
    .addHelpText('after', examples('formwork registry schema > registry.schema.json'))
    .action(() => {
      terminal.out.write(`${JSON.stringify(registryDocumentSchema, null, 2)}\n`);
    });
}

async function writeOutput(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: Error) => {
    throw new Failure(`The file ${quote(file)} cannot be written: ${error.message}`);
  });
}
