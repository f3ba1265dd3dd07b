import { disableSystemRole, enableSystemRole, isSystemRoleEnabled, withAdmin } from '@formwork/pg';
import type { Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';

/** `formwork system enable|disable|status`. */
export function addSystemCommand(program: Command, terminal: Terminal): void {
  const system = program
    .command('system')
    .description(
      'The system role: for jobs that need all tenants at once. It sees past all policies, deletes nothing, and each use is written down.',
    );
  addEnable(system, terminal);
  addDisable(system, terminal);
  addStatus(system, terminal);
}

interface Options {
  readonly json?: boolean;
}

function addEnable(system: Command, terminal: Terminal): void {
  system
    .command('enable')
    .description(
      'Let formwork_system log in, as an administrator who is a superuser. Doing it again changes nothing.',
    )
    .addOption(jsonOption())
    .addHelpText('after', examples('formwork system enable', 'formwork system enable --json | jq -r .url'))
    .action(({ json }: Options) =>
      withInstallation(terminal, async ({ settings, postgres }) => {
        const { adminUrl, source } = postgres;
        const url = await withAdmin(adminUrl, (admin) => enableSystemRole(admin, { ...settings, adminUrl }));
        // The embedded one has another port each time, so commands find it by themselves.
        const next =
          source === 'embedded'
            ? [
                'Commands that need it find it from now on: "formwork verify --all", "formwork tenant report".',
              ]
            : ['Give this to those who run such jobs, and to no gateway:', '', `FORMWORK_SYSTEM_URL=${url}`];
        print(terminal, json === true, { enabled: true, url }, ['The system role is on.', ...next]);
      }),
    );
}

function addDisable(system: Command, terminal: Terminal): void {
  system
    .command('disable')
    .description('Let nobody log in as formwork_system any more, and end who is connected.')
    .addOption(jsonOption())
    .addHelpText('after', examples('formwork system disable'))
    .action(({ json }: Options) =>
      withInstallation(terminal, async ({ postgres }) => {
        await withAdmin(postgres.adminUrl, disableSystemRole);
        print(terminal, json === true, { enabled: false }, ['The system role is off.']);
      }),
    );
}

function addStatus(system: Command, terminal: Terminal): void {
  system
    .command('status')
    .description('Say whether the system role is on.')
    .addOption(jsonOption())
    .addHelpText('after', examples('formwork system status'))
    .action(({ json }: Options) =>
      withInstallation(terminal, async ({ postgres }) => {
        const enabled = await withAdmin(postgres.adminUrl, isSystemRoleEnabled);
        print(terminal, json === true, { enabled }, [`The system role is ${enabled ? 'on' : 'off'}.`]);
      }),
    );
}
