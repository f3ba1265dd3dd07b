import { type Claims, createKey, type KeyRow, listKeys, revokeKey } from '@formwork/directory';
import { builtInRoles } from '@formwork/registry';
import type { Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { getTenant } from '../find-tenant.ts';
import { type ClaimValues, parseClaim } from '../parse-claim.ts';
import { parseExpiry } from '../parse-expiry.ts';
import { formatTable, print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';

/** `formwork key create|list|revoke`. */
export function addKeyCommand(program: Command, terminal: Terminal): void {
  const key = program
    .command('key')
    .description('Make, list and revoke API keys. A key names its tenant and carries a role.');
  addCreate(key, terminal);
  addList(key, terminal);
  addRevoke(key, terminal);
}

interface CreateOptions {
  readonly tenant: string;
  readonly role: string;
  readonly label?: string;
  readonly expires?: Date;
  readonly claim?: ClaimValues;
  readonly json?: boolean;
}

function addCreate(key: Command, terminal: Terminal): void {
  key
    .command('create')
    .description('Make an API key. It is shown this once: only its hash is kept.')
    .requiredOption('--tenant <slug>', 'whose data it opens')
    .requiredOption(
      '--role <role>',
      `what it may do: ${builtInRoles.join(', ')}, or a role of the tenant's registry`,
    )
    .option('--label <label>', 'what it is for, to know it again in the list')
    .option(
      '--expires <when>',
      'when it ends: 90d, 12h, or a date such as 2027-01-31 (default: never)',
      parseExpiry,
    )
    .option(
      '--claim <name=value>',
      'what is known of its holder, for row rules of roles; several times for several',
      parseClaim,
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'formwork key create --tenant aviation --role editor --label "Nightly import" --expires 90d',
        'formwork key create --tenant aviation --role agent --claim email=ann@example.com --claim level:=3',
        'KEY=$(formwork key create --tenant aviation --role viewer --json | jq -r .key)',
      ),
    )
    .action(async ({ tenant: slug, role, label, expires, claim = {}, json }: CreateOptions) => {
      await withInstallation(terminal, async ({ control }) => {
        const tenant = await getTenant(control, slug);
        const expiresAt = expires ?? null;
        const { id, key: text } = await createKey(control, tenant.id, {
          role,
          label: label ?? '',
          expiresAt,
          claims: claim as Claims,
        });
        const value = { id, key: text, tenant: slug, role, label: label ?? '', expiresAt, claims: claim };
        print(terminal, json === true, value, [
          text,
          '',
          `Keep it: it is not shown again. Its id is ${id}${expires === undefined ? '' : `, and it ends on ${expires.toISOString()}`}.`,
        ]);
      });
    });
}

function addList(key: Command, terminal: Terminal): void {
  key
    .command('list')
    .description('List the keys of a tenant, with their ids; the keys themselves are not kept.')
    .requiredOption('--tenant <slug>', 'whose keys')
    .addOption(jsonOption())
    .addHelpText('after', examples('formwork key list --tenant aviation'))
    .action(async ({ tenant: slug, json }: { tenant: string; json?: boolean }) => {
      const keys = await withInstallation(terminal, async ({ control }) =>
        listKeys(control, (await getTenant(control, slug)).id),
      );
      const header = ['ID', 'ROLE', 'LABEL', 'STATE', 'CREATED', 'LAST USED'];
      const lines = keys.length === 0 ? ['There are no keys yet.'] : formatTable(header, keys.map(toCells));
      print(terminal, json === true, keys, lines);
    });
}

function addRevoke(key: Command, terminal: Terminal): void {
  key
    .command('revoke')
    .description('End a key at once, on every gateway.')
    .argument('<id>', 'id of the key, from "formwork key list"')
    .requiredOption('--tenant <slug>', 'whose key')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('formwork key revoke --tenant aviation 019a9f3e-6c1b-7d4e-8a51-0c6d3f6b2a10'),
    )
    .action(async (id: string, { tenant: slug, json }: { tenant: string; json?: boolean }) => {
      await withInstallation(terminal, async ({ control }) =>
        revokeKey(control, (await getTenant(control, slug)).id, id),
      );
      print(terminal, json === true, { id, revoked: true }, [`Key ${id} is revoked.`]);
    });
}

function toCells(key: KeyRow): string[] {
  return [
    key.id,
    key.role,
    key.label,
    stateOf(key),
    day(key.createdAt),
    key.lastUsedAt === null ? 'never' : day(key.lastUsedAt),
  ];
}

function stateOf({ revokedAt, expiresAt }: KeyRow): string {
  if (revokedAt !== null) return `revoked ${day(revokedAt)}`;
  if (expiresAt === null) return 'active';
  return expiresAt.getTime() <= Date.now() ? `expired ${day(expiresAt)}` : `active until ${day(expiresAt)}`;
}

function day(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
