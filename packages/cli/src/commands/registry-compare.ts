import {
  type ApiChange,
  type BrokenDocument,
  emptyRegistry,
  findApiChanges,
  findBrokenDocuments,
  levelOf,
  unifiedDiff,
} from '@formwork/design-api';
import { listTrustedDocuments } from '@formwork/directory';
import type { ControlPlane } from '@formwork/pg';
import { type Registry, RegistryError } from '@formwork/registry';
import {
  type Backfill,
  type CheckedChange,
  checkChange,
  type LeftBehind,
  RegistryConflictError,
  readUsage,
} from '@formwork/registry-store';
import { buildGraphqlSchema, printTenantSchema } from '@formwork/schema-factory';
import type { Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { getTenant } from '../find-tenant.ts';
import { ChangesPending } from '../pending.ts';
import { quote } from '../quote.ts';
import { readDocument } from '../read-document.ts';
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
    return tell({ control, tenantId: id }, checked);
  });
}

interface Place {
  readonly control: ControlPlane;
  readonly tenantId: string;
}

interface Plan {
  readonly tenant: string;
  readonly version: number;
  readonly level: string;
  readonly changes: CheckedChange['changes'];
  readonly apiChanges: readonly ApiChange[];
  readonly leftBehind: readonly LeftBehind[];
  readonly backfill: readonly Backfill[];
  /** Trusted documents that would not run any more. */
  readonly brokenDocuments: readonly BrokenDocument[];
  /** As `diff -u` writes it. */
  readonly sdlDiff: string;
}

async function planOf(
  tenant: string,
  { control, tenantId }: Place,
  { version, changes, leftBehind, backfill, before, after }: CheckedChange,
): Promise<Plan> {
  const build = (registry: Registry | null) => buildGraphqlSchema(registry ?? emptyRegistry());
  const [was, is] = [build(before), build(after)];
  const apiChanges = findApiChanges(was, is);
  const sdlDiff = unifiedDiff(printTenantSchema(was), printTenantSchema(is));
  const brokenDocuments = await findBrokenDocuments(
    { before: was, after: is },
    (page) => listTrustedDocuments(control, tenantId, page),
    await readUsage(control, tenantId),
  );
  return {
    ...{ tenant, version, level: levelOf(apiChanges), changes, apiChanges, brokenDocuments },
    ...{ leftBehind, backfill, sdlDiff },
  };
}

function describeBroken({ hash, name, clients, problems }: BrokenDocument): string {
  const called = name === '' ? '' : `, ${quote(name)}`;
  const sent = clients.length === 0 ? '' : `, sent by ${clients.map(quote).join(', ')}`;
  return `  - sha256:${hash}${called}${sent}: ${problems[0]}`;
}

function describePlan(plan: Plan, showsSdl: boolean): readonly string[] {
  const { tenant, version, level, changes, apiChanges, brokenDocuments, leftBehind, backfill, sdlDiff } =
    plan;
  if (changes.length === 0) {
    return [
      `Nothing to change: the registry of ${quote(tenant)} is as the file says, at version ${version}.`,
    ];
  }
  return [
    `The registry of ${quote(tenant)}, at version ${version}, would change:`,
    ...changes.map(({ message }) => `  - ${message}`),
    `For clients that is ${level}${apiChanges.length > 0 ? ':' : '.'}`,
    ...apiChanges.map((change) => `  - ${change.level} ${change.type}: ${change.message}`),
    ...(brokenDocuments.length > 0 ? ['Trusted documents that would not run any more:'] : []),
    ...brokenDocuments.map(describeBroken),
    ...backfill.map(({ entity, records }) => `${records} records of ${quote(entity)} would be touched.`),
    ...leftBehind.map(describeLeftBehind),
    ...(showsSdl && sdlDiff !== '' ? ['The GraphQL schema would change:', sdlDiff.trimEnd()] : []),
    'Nothing was applied.',
  ];
}

export function describeLeftBehind({ entity, field, records }: LeftBehind): string {
  const name = quote(field === null ? entity : `${entity}.${field}`);
  return `${name} is gone from the design; what ${records} ${records === 1 ? 'record has' : 'records have'} of it is kept, out of sight.`;
}
