import { type ApartOutcome, listTenants, type TenantRow, verifyApart } from '@formwork/directory';
import type { ControlPlane } from '@formwork/pg';
import { type Drift, verify } from '@formwork/registry-store';
import type { Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { countProgress } from '../count-progress.ts';
import { Failure, usageFailure } from '../failure.ts';
import { getTenant } from '../find-tenant.ts';
import { print, type Terminal } from '../terminal.ts';
import { type Installation, withInstallation } from '../with-installation.ts';
import { withSystem } from '../with-system.ts';

/** What was looked at of a tenant, and what was found. */
interface Verified {
  readonly tenant: string;
  readonly entities: number;
  readonly records: number;
  readonly drifts: readonly Drift[];
}

/** `formwork verify`. */
export function addVerifyCommand(program: Command, terminal: Terminal): void {
  program
    .command('verify')
    .description(
      'Prove from the raw rows that nothing has drifted: values, search keys, unique keys, links, rollups, formulas, counters, views.',
    )
    .option('--tenant <slug>', 'only this tenant (default: each of them)')
    .option(
      '--all',
      'each of them, and what only a look past their policies can prove: that no row is outside of its tenant. Takes the system role',
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\nThe exit code is 0 if nothing has drifted, 1 if something has.\n${examples('formwork verify', 'formwork verify --tenant aviation --json', 'formwork verify --all')}`,
    )
    .action(async ({ tenant: slug, all, json }: { tenant?: string; all?: boolean; json?: boolean }) => {
      if (slug !== undefined && all === true) throw usageFailure('Give --tenant or --all, not both.');
      const found = await withInstallation(terminal, async (installation) => {
        const { control } = installation;
        // First, so that what it lacks is said before the long part.
        const apart = all === true ? await proveApart(installation) : null;
        const tenants = slug === undefined ? await listTenants(control) : [await getTenant(control, slug)];
        return { apart, verified: await verifyAll(terminal, control, tenants, json === true) };
      });
      finish(terminal, json === true, found.verified, found.apart);
    });
}

async function verifyAll(
  terminal: Terminal,
  control: ControlPlane,
  tenants: readonly TenantRow[],
  isQuiet: boolean,
): Promise<readonly Verified[]> {
  const { interrupted } = terminal;
  const progress = countProgress(terminal, { of: tenants.length, what: 'tenants were verified', isQuiet });
  const verified: Verified[] = [];
  for (const { id, slug } of tenants) {
    if (interrupted.aborted)
      throw new Failure(`Interrupted: ${verified.length} of ${tenants.length} tenants were verified.`);
    const entities = await countRows(control, id, 'entity_types');
    const records = await countRows(control, id, 'records');
    verified.push({ tenant: slug, entities, records, drifts: await verify(control, id) });
    progress(verified.length);
  }
  return verified;
}

/** As the system role: what each tenant's own proof cannot see. */
function proveApart(installation: Installation): Promise<ApartOutcome> {
  const tables = ['tenants', 'records', 'record_links', 'entity_storage'];
  return withSystem(installation, (system) =>
    system.run({ name: 'verify --all', tables, tenants: null }, async (sql) => {
      const value = await verifyApart(sql);
      return { value, outcome: { tables: value.tables.length, findings: value.findings.length } };
    }),
  );
}

function countRows(
  control: ControlPlane,
  tenantId: string,
  table: 'entity_types' | 'records',
): Promise<number> {
  return control.withTenant(tenantId, async (sql) => {
    const rows = await sql<
      { count: number }[]
    >`select count(*)::float8 as count from ${sql(`formwork.${table}`)}`;
    return rows[0]?.count ?? 0;
  });
}

function finish(
  terminal: Terminal,
  isJson: boolean,
  verified: readonly Verified[],
  apart: ApartOutcome | null,
): void {
  const drifts = verified.flatMap(({ tenant, drifts: found }) =>
    found.map((drift) => ({ tenant, ...drift })),
  );
  const lines = verified.map(
    ({ tenant, entities, records, drifts: found }) =>
      `${tenant}: ${entities} entities, ${records} records, ${found.length === 0 ? 'no drift' : `${found.length} drifts`}`,
  );
  const findings = apart?.findings ?? [];
  if (apart !== null) lines.push(tellApart(apart));
  const value = {
    drift: drifts.length + findings.length,
    tenants: verified,
    ...(apart === null ? {} : { apart }),
  };
  if (value.drift === 0) {
    print(terminal, isJson, value, [...lines, 'Zero drift: all is as the registries and the values say.']);
    return;
  }
  if (!isJson) print(terminal, false, value, lines);
  throw new Failure(`There is drift in ${value.drift} places.`, {
    details: value,
    problems: [
      ...drifts.map(
        ({ tenant, entity, name, count, examples: ids, message }) =>
          `${[tenant, ...placeOf(entity, name)].join(': ')}: ${message} (${count}${ids.length === 0 ? '' : `: ${ids.join(', ')}`})`,
      ),
      ...findings.map(
        ({ table, message, count, examples: ids }) => `${table}: ${message} (${count}: ${ids.join(', ')})`,
      ),
    ],
  });
}

/** None, where it is the whole design that cannot be read. */
function placeOf(...names: readonly string[]): readonly string[] {
  const place = names.filter((name) => name !== '').join('.');
  return place === '' ? [] : [place];
}

function tellApart({ tables, findings }: ApartOutcome): string {
  const found =
    findings.length === 0 ? 'no row outside of its tenant' : `${findings.length} kinds of rows outside`;
  return `all tenants together: ${tables.length} tables, ${found}`;
}
