import { type ListedDocument, readTrustedDocuments } from '@formwork/directory';
import type { Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { modes, readAll } from '../documents/describe-documents.ts';
import { getTenant } from '../find-tenant.ts';
import { formatTable, print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';
import type { TenantOption } from './documents.ts';

/** `formwork documents list`. */
export function addList(documents: Command, terminal: Terminal): void {
  documents
    .command('list')
    .description('List the trusted documents of a tenant; with --json their texts too.')
    .requiredOption('--tenant <slug>', 'whose documents')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('formwork documents list --tenant acme', 'formwork documents list --tenant acme --json'),
    )
    .action(({ tenant: slug, json }: TenantOption) =>
      withInstallation(terminal, async (installation) => {
        const { id } = await getTenant(installation.control, slug);
        const { mode } = await readTrustedDocuments(installation.control, id);
        const listed = await readAll(installation, id);
        const value = listed.map(({ hash, isRecorded, ...one }) => ({
          documentId: `sha256:${hash}`,
          ...one,
          recorded: isRecorded,
        }));
        print(terminal, json === true, { tenant: slug, mode, documents: value }, [
          ...(listed.length === 0
            ? ['There are no trusted documents.']
            : formatTable(header, listed.map(toCells))),
          `Mode "${mode}": ${modes[mode]}.`,
        ]);
      }),
    );
}

const header = ['DOCUMENT ID', 'NAME', 'IDS', 'BY', 'SINCE'];

function toCells({ hash, name, ids, isRecorded, recordedBy, recordedAt }: ListedDocument): string[] {
  const by = isRecorded ? `recorded, ${recordedBy}` : recordedBy;
  return [`sha256:${hash}`, name, ids.join(' '), by, recordedAt.toISOString().slice(0, 10)];
}
