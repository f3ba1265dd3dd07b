import { listTenants } from '@formwork/directory';
import { BrokenRegistryError } from '@formwork/registry';
import { refreshTenant } from '@formwork/registry-store';
import type { Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { countProgress } from '../count-progress.ts';
import { Failure } from '../failure.ts';
import { getTenant } from '../find-tenant.ts';
import { print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';

/** `formwork registry refresh`. */
export function addRefresh(registry: Command, terminal: Terminal): void {
  registry
    .command('refresh')
    .description(
      'Derive anew what is not as this Formwork derives it from registries: what triggers know, generated functions, views. ' +
        'After an upgrade gateways do it by themselves where it is needed.',
    )
    .option('--tenant <slug>', 'only this tenant (default: each of them)')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('formwork registry refresh', 'formwork registry refresh --tenant acme --json'),
    )
    .action(({ tenant: slug, json }: { tenant?: string; json?: boolean }) =>
      withInstallation(terminal, async ({ control }) => {
        const tenants = slug === undefined ? await listTenants(control) : [await getTenant(control, slug)];
        const progress = countProgress(terminal, {
          of: tenants.length,
          what: 'tenants were looked at',
          isQuiet: json === true,
        });
        const refreshed: string[] = [];
        const broken: string[] = [];
        for (const [index, { id, slug: name }] of tenants.entries()) {
          if (terminal.interrupted.aborted)
            throw new Failure(`Interrupted: ${index} of ${tenants.length} tenants were looked at.`);
          try {
            if (await refreshTenant(control, id)) refreshed.push(name);
          } catch (error) {
            // Of one alone it is said what is wrong; of many it holds up no other.
            if (slug !== undefined || !(error instanceof BrokenRegistryError)) throw error;
            broken.push(name);
          }
          progress(index + 1);
        }
        const value = { tenants: tenants.length, refreshed };
        const lines = [
          refreshed.length === 0
            ? 'Nothing to do: all is as this Formwork derives it.'
            : `Derived anew, for ${refreshed.length} of ${tenants.length} tenants: ${refreshed.join(', ')}.`,
        ];
        if (broken.length === 0) return print(terminal, json === true, value, lines);
        if (json !== true) print(terminal, false, value, lines);
        throw new Failure(
          `Left as they are, for their registries are broken ("formwork verify --tenant" says what is wrong): ${broken.join(', ')}.`,
          { details: { ...value, broken } },
        );
      }),
    );
}
