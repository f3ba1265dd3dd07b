import { createTenant, listTenants, type TenantRow } from '@formwork/directory';
import { applyRegistry } from '@formwork/registry-store';
import { type Command, Option } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { readTemplate, templateNames } from '../templates.ts';
import { formatTable, print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';
import { addReport } from './tenant-report.ts';

/** `formwork tenant create|list|report`. */
export function addTenantCommand(program: Command, terminal: Terminal): void {
  const tenant = program
    .command('tenant')
    .description('Make and list tenants: the organisations whose data is kept apart.');
  addCreate(tenant, terminal);
  addList(tenant, terminal);
  addReport(tenant, terminal);
}

function addCreate(tenant: Command, terminal: Terminal): void {
  tenant
    .command('create')
    .description('Make a tenant.')
    .argument('<slug>', 'short name: lower-case letters, digits and "-"; API keys carry it')
    .option('--name <name>', 'name as people say it (default: the slug)')
    .addOption(new Option('--template <template>', 'design to begin with').choices(templateNames))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'formwork tenant create acme --name "Acme Inc."',
        'formwork tenant create shop --template marketplace',
      ),
    )
    .action(async (slug: string, options: { name?: string; template?: string; json?: boolean }) => {
      await withInstallation(terminal, async ({ control }) => {
        const made = await createTenant(control, {
          slug,
          ...(options.name === undefined ? {} : { name: options.name }),
        });
        const version = options.template === undefined ? 0 : await applyTemplate(made, options.template);
        print(terminal, options.json === true, { ...summary(made), registryVersion: version }, [
          `Tenant "${made.slug}" is made${version > 0 ? `, with the design "${options.template}"` : ''}.`,
          ...nextSteps(made, version),
        ]);

        async function applyTemplate({ id }: TenantRow, template: string): Promise<number> {
          const applied = await applyRegistry(control, id, await readTemplate(template), {
            appliedBy: 'formwork tenant create',
          });
          return applied.version;
        }
      });
    });
}

function addList(tenant: Command, terminal: Terminal): void {
  tenant
    .command('list')
    .description('List the tenants.')
    .addOption(jsonOption())
    .addHelpText('after', examples('formwork tenant list', 'formwork tenant list --json'))
    .action(async (options: { json?: boolean }) => {
      const tenants = await withInstallation(terminal, ({ control }) => listTenants(control));
      const rows = tenants.map(({ slug, name, registryVersion, id }) => [
        slug,
        name,
        String(registryVersion),
        id,
      ]);
      print(
        terminal,
        options.json === true,
        tenants.map(summary),
        rows.length === 0
          ? ['There are no tenants yet.']
          : formatTable(['SLUG', 'NAME', 'REGISTRY', 'ID'], rows),
      );
    });
}

function summary({ id, slug, name, registryVersion }: TenantRow) {
  return { id, slug, name, registryVersion };
}

function nextSteps({ slug }: TenantRow, version: number): string[] {
  return [
    ...(version === 0 ? [`Design it:   formwork registry apply --tenant ${slug} design.json`] : []),
    `Make a key:  formwork key create --tenant ${slug} --role admin`,
  ];
}
