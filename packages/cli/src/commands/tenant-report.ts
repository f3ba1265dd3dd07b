import { readTenantSizes, type TenantSize } from '@formwork/directory';
import type { Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { formatTable, print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';
import { withSystem } from '../with-system.ts';

const tables = ['tenants', 'entity_types', 'records', 'record_links', 'api_keys', 'trusted_documents'];

/** `formwork tenant report`. */
export function addReport(tenant: Command, terminal: Terminal): void {
  tenant
    .command('report')
    .description('What each tenant has, in numbers, for all tenants at once. Takes the system role.')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('formwork tenant report', 'formwork tenant report --json | jq ".[] | {slug, bytes}"'),
    )
    .action(async ({ json }: { json?: boolean }) => {
      const sizes = await withInstallation(terminal, (installation) =>
        withSystem(installation, (system) =>
          system.run({ name: 'tenant report', tables, tenants: null }, async (sql) => {
            const value = await readTenantSizes(sql);
            return { value, outcome: { tenants: value.length } };
          }),
        ),
      );
      print(
        terminal,
        json === true,
        sizes,
        sizes.length === 0 ? ['There are no tenants yet.'] : formatTable(header, sizes.map(toCells)),
      );
    });
}

const header = ['SLUG', 'ENTITIES', 'RECORDS', 'DELETED', 'MB', 'LINKS', 'KEYS', 'DOCUMENTS', 'LAST WRITE'];

function toCells(size: TenantSize): string[] {
  const { slug, entities, records, deleted, bytes, links, keys, documents, documentMode, lastWriteAt } = size;
  return [
    slug,
    ...[entities, records, deleted].map(String),
    (bytes / 1e6).toFixed(1),
    ...[links, keys].map(String),
    `${documents} (${documentMode})`,
    lastWriteAt?.toISOString().slice(0, 10) ?? 'never',
  ];
}
