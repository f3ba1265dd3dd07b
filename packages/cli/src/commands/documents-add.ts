import { checkDocuments } from '@formwork/design-api';
import { addTrustedDocuments, type TenantRow } from '@formwork/directory';
import { buildGraphqlSchema } from '@formwork/schema-factory';
import type { Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { countOf, readAll } from '../documents/describe-documents.ts';
import { readDocumentsFile, type SourcedDocument } from '../documents/read-documents-file.ts';
import { Failure } from '../failure.ts';
import { getTenant } from '../find-tenant.ts';
import { getRegistry } from '../load-registry.ts';
import { quote } from '../quote.ts';
import { print, type Terminal } from '../terminal.ts';
import { type Installation, withInstallation } from '../with-installation.ts';
import type { TenantOption } from './documents.ts';

/** `formwork documents add`. */
export function addAdd(documents: Command, terminal: Terminal): void {
  documents
    .command('add')
    .description('Trust documents, all or none: each has to fit the schema of the tenant.')
    .argument(
      '<files...>',
      '.graphql (one document, to the letter), or .json: ids and documents as Relay and graphql-codegen write them, a manifest of Apollo, a list; - for JSON on standard input',
    )
    .requiredOption('--tenant <slug>', 'whose clients send them')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'formwork documents add --tenant acme src/queries/*.graphql',
        'formwork documents add --tenant acme src/gql/persisted-documents.json',
        'formwork documents list --tenant staging --json | formwork documents add --tenant acme -',
      ),
    )
    .action(async (files: readonly string[], { tenant: slug, json }: TenantOption) => {
      const given: SourcedDocument[] = [];
      for (const file of files) given.push(...(await readDocumentsFile(terminal, file)));
      if (given.length === 0) throw new Failure('There is no document in what was given.');
      await withInstallation(terminal, async (installation) => {
        const tenant = await getTenant(installation.control, slug);
        const { added, known } = await add(installation, tenant, given);
        print(terminal, json === true, { tenant: slug, added, known }, [
          `${quote(slug)} trusts ${countOf(added)} more${known > 0 ? `; ${countOf(known)} it did already` : ''}.`,
        ]);
      });
    });
}

async function add(
  { control, settings }: Installation,
  tenant: TenantRow,
  given: readonly SourcedDocument[],
): Promise<{ readonly added: number; readonly known: number }> {
  const { registry } = await getRegistry(control, tenant);
  const checked = checkDocuments(buildGraphqlSchema(registry), given, settings);
  if ('problems' in checked) {
    const places = checked.problems.map(({ path, message }) => ({ index: indexOf(path), message }));
    throw refused(given, places);
  }
  const outcome = await addTrustedDocuments(control, tenant.id, checked.documents, {
    by: 'formwork documents add',
    limit: settings.trustedDocuments,
  });
  if (outcome.problems !== null) throw refused(given, outcome.problems);
  return outcome;
}

function indexOf(path: string): number {
  return Number(/\[(\d+)\]/.exec(path)?.[1] ?? -1);
}

function refused(
  given: readonly SourcedDocument[],
  problems: readonly { readonly index: number; readonly message: string }[],
): Failure {
  const told = problems.map(({ index, message }) => ({ source: given[index]?.source ?? null, message }));
  return new Failure('The documents were refused; none was added.', {
    problems: told.map(({ source, message }) => (source === null ? message : `${source}: ${message}`)),
    details: { refused: told },
  });
}

/** `formwork documents check`. */
export function addCheck(documents: Command, terminal: Terminal): void {
  documents
    .command('check')
    .description('Say which trusted documents no longer fit the schema. The exit code is 1 if there are any.')
    .requiredOption('--tenant <slug>', 'whose documents')
    .addOption(jsonOption())
    .addHelpText('after', examples('formwork documents check --tenant acme'))
    .action(({ tenant: slug, json }: TenantOption) =>
      withInstallation(terminal, async (installation) => {
        const tenant = await getTenant(installation.control, slug);
        const { registry } = await getRegistry(installation.control, tenant);
        const listed = await readAll(installation, tenant.id);
        const given = listed.map(({ document, hash, name }) => ({
          ...{ document, id: null },
          source: `sha256:${hash}${name === '' ? '' : ` (${name})`}`,
        }));
        const checked = checkDocuments(buildGraphqlSchema(registry), given, installation.settings);
        if ('problems' in checked) {
          const problems = checked.problems.map(
            ({ path, message }) => `${given[indexOf(path)]?.source}: ${message}`,
          );
          throw new Failure('There are trusted documents that do not fit the schema.', { problems });
        }
        print(terminal, json === true, { tenant: slug, checked: listed.length, problems: [] }, [
          `All fit: ${countOf(listed.length)}.`,
        ]);
      }),
    );
}
