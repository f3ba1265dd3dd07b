import { listTenants, type TenantRow } from '@formwork/directory';
import type { ControlPlane } from '@formwork/pg';
import { type Drift, loadTenantRegistry, verify } from '@formwork/registry-store';
import type { Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { Failure } from '../failure.ts';
import { getTenant } from '../find-tenant.ts';
import { print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';

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
      'Prove from the raw rows that nothing has drifted: values, search keys, unique keys, links, counters, views.',
    )
    .option('--tenant <slug>', 'only this tenant (default: all)')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\nThe exit code is 0 if nothing has drifted, 1 if something has.\n${examples('formwork verify', 'formwork verify --tenant aviation --json')}`,
    )
    .action(async ({ tenant: slug, json }: { tenant?: string; json?: boolean }) => {
      const verified = await withInstallation(terminal, async ({ control }) => {
        const tenants = slug === undefined ? await listTenants(control) : [await getTenant(control, slug)];
        return verifyAll(terminal, control, tenants);
      });
      finish(terminal, json === true, verified);
    });
}

async function verifyAll(
  { interrupted }: Terminal,
  control: ControlPlane,
  tenants: readonly TenantRow[],
): Promise<readonly Verified[]> {
  const verified: Verified[] = [];
  for (const { id, slug } of tenants) {
    if (interrupted.aborted)
      throw new Failure(`Interrupted: ${verified.length} of ${tenants.length} tenants were verified.`);
    const { registry } = await loadTenantRegistry(control, id);
    const records = await countRecords(control, id);
    verified.push({
      tenant: slug,
      entities: registry?.entities.length ?? 0,
      records,
      drifts: await verify(control, id),
    });
  }
  return verified;
}

function countRecords(control: ControlPlane, tenantId: string): Promise<number> {
  return control.withTenant(tenantId, async (sql) => {
    const rows = await sql<{ count: number }[]>`select count(*)::float8 as count from formwork.records`;
    return rows[0]?.count ?? 0;
  });
}

function finish(terminal: Terminal, isJson: boolean, verified: readonly Verified[]): void {
  const drifts = verified.flatMap(({ tenant, drifts: found }) =>
    found.map((drift) => ({ tenant, ...drift })),
  );
  const lines = verified.map(
    ({ tenant, entities, records, drifts: found }) =>
      `${tenant}: ${entities} entities, ${records} records, ${found.length === 0 ? 'no drift' : `${found.length} drifts`}`,
  );
  const value = { drift: drifts.length, tenants: verified };
  if (drifts.length === 0) {
    print(terminal, isJson, value, [...lines, 'Zero drift: all is as the registries and the values say.']);
    return;
  }
  if (!isJson) print(terminal, false, value, lines);
  throw new Failure(`There is drift in ${drifts.length} places.`, {
    details: value,
    problems: drifts.map(
      ({ tenant, entity, name, count, examples: ids, message }) =>
        `${tenant}: ${entity}${name === '' ? '' : `.${name}`}: ${message} (${count}${ids.length === 0 ? '' : `: ${ids.join(', ')}`})`,
    ),
  });
}
