import {
  clearTrustedDocuments,
  type DocumentMode,
  documentModes,
  readTrustedDocuments,
  removeTrustedDocuments,
  setDocumentMode,
} from '@formwork/directory';
import { Argument, type Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { countOf, modes } from '../documents/describe-documents.ts';
import { Failure, usageFailure } from '../failure.ts';
import { getTenant } from '../find-tenant.ts';
import { quote } from '../quote.ts';
import { print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';
import { addAdd, addCheck } from './documents-add.ts';
import { addList } from './documents-list.ts';

export interface TenantOption {
  readonly tenant: string;
  readonly json?: boolean;
}

/** `formwork documents list|check|add|remove|mode`. */
export function addDocumentsCommand(program: Command, terminal: Terminal): void {
  const documents = program
    .command('documents')
    .description(
      'Trusted documents (persisted operations) of a tenant: those that clients may send, or name by their hash.',
    );
  addMode(documents, terminal);
  addAdd(documents, terminal);
  addList(documents, terminal);
  addCheck(documents, terminal);
  addRemove(documents, terminal);
}

function addMode(documents: Command, terminal: Terminal): void {
  documents
    .command('mode')
    .description('Say which documents may run, or change it, on every gateway from the next request on.')
    .addArgument(
      new Argument(
        '[mode]',
        Object.entries(modes)
          .map((pair) => pair.join(': '))
          .join('; '),
      ).choices(documentModes),
    )
    .requiredOption('--tenant <slug>', 'whose clients')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'formwork documents mode --tenant acme',
        'formwork documents mode --tenant acme record',
        'formwork documents mode --tenant acme enforce',
      ),
    )
    .action((mode: DocumentMode | undefined, { tenant: slug, json }: TenantOption) =>
      withInstallation(terminal, async ({ control }) => {
        const { id } = await getTenant(control, slug);
        const changed = mode !== undefined && (await setDocumentMode(control, id, mode));
        const state = await readTrustedDocuments(control, id);
        print(terminal, json === true, { tenant: slug, ...state, changed }, [
          `Mode "${state.mode}": ${modes[state.mode]}. ${quote(slug)} trusts ${countOf(state.count)}.`,
        ]);
      }),
    );
}

function addRemove(documents: Command, terminal: Terminal): void {
  documents
    .command('remove')
    .description('Trust documents no longer, on every gateway from the next request on.')
    .argument('[ids...]', 'as "formwork documents list" shows them, or as clients call them')
    .requiredOption('--tenant <slug>', 'whose documents')
    .option('--all', 'all of them')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        `formwork documents remove --tenant acme sha256:${'0123456789abcdef'.repeat(4)}`,
        'formwork documents remove --tenant acme --all',
      ),
    )
    .action((ids: readonly string[], { tenant: slug, all, json }: TenantOption & { all?: boolean }) => {
      if (ids.length === 0 && all !== true) throw usageFailure('Say which documents to remove, or --all.');
      if (ids.length > 0 && all === true) throw usageFailure('Give ids or --all, not both.');
      return withInstallation(terminal, async ({ control }) => {
        const { id } = await getTenant(control, slug);
        const removed =
          all === true
            ? await clearTrustedDocuments(control, id)
            : (await removeTrustedDocuments(control, id, ids)).length;
        if (removed === 0 && all !== true)
          throw new Failure(`${quote(slug)} trusts none of these documents.`);
        print(terminal, json === true, { tenant: slug, removed }, [
          `${quote(slug)} trusts ${countOf(removed)} less.`,
        ]);
      });
    });
}
