import type pg from 'pg';
import { withoutPassword } from './admin-connection.ts';
import { alterRoles } from './alter-roles.ts';
import { passwordDeriver } from './cluster-key.ts';
import { SetupError, toDatabaseError } from './errors.ts';
import { applyRoleSettings, describeRole, loginUrl, urlOfRole } from './logins.ts';
import { identifier } from './sql-text.ts';

/** The role of batch jobs that need all tenants; sql/016 says what it may. */
const systemRole = 'formwork_system';

export interface SystemRoleOptions {
  /** As an administrator, to the database that the jobs are for. */
  readonly adminUrl: string;
  /** As in `LoginOptions`. */
  readonly secret?: string | undefined;
}

/**
 * Lets the system role log in, with a password that is derived as the others are, and gives its URL. Doing it again
 * changes nothing. Throws a SetupError where the administrator may not make a role bypass policies.
 */
export async function enableSystemRole(admin: pg.Client, options: SystemRoleOptions): Promise<string> {
  const url = await loginUrl(admin, options.adminUrl, systemRole, passwordDeriver(admin, options.secret));
  const role = await describeRole(url);
  if (!role.bypassesPolicies) await alter(admin, 'bypassrls');
  await applyRoleSettings(admin, role);
  // In the server's own log too, where the administrator may ask for that: a job can keep no secret from it.
  await alterRoles(admin, () =>
    admin.query(`alter role ${identifier(systemRole)} set log_statement = 'all'`),
  ).catch(() => {});
  return url;
}

/** Nobody logs in as the system role any more; who is connected is cut off. */
export async function disableSystemRole(admin: pg.Client): Promise<void> {
  await alter(admin, 'nologin password null');
  await admin.query('select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where usename = $1', [
    systemRole,
  ]);
}

export async function isSystemRoleEnabled(admin: pg.Client): Promise<boolean> {
  const { rows } = await admin.query<{ enabled: boolean }>(
    'select rolcanlogin as enabled from pg_catalog.pg_roles where rolname = $1',
    [systemRole],
  );
  return rows[0]?.enabled === true;
}

/** The URL that `enableSystemRole` gave, for an administrator who can derive it again; changes nothing. */
export async function systemRoleUrl(admin: pg.Client, options: SystemRoleOptions): Promise<string> {
  return urlOfRole(options.adminUrl, systemRole, passwordDeriver(admin, options.secret));
}

/** @throws SetupError unless the URL is that of a role which sees all tenants, and can neither delete nor pass for an administrator */
export async function assertSystemRole(url: string): Promise<void> {
  const role = await describeRole(url);
  if (role.isSuperuser || role.mayDelete) {
    throw new SetupError(
      `The role "${role.name}" of FORMWORK_SYSTEM_URL is a superuser, or may delete records: the system role must never. ` +
        `Let it name ${systemRole}, which "formwork system enable" turns on`,
    );
  }
  if (!role.bypassesPolicies) {
    throw new SetupError(
      `The role "${role.name}" of FORMWORK_SYSTEM_URL is bound by the policies of tenants, so it cannot see all of them. ` +
        `Let ${withoutPassword(url)} name ${systemRole}, which "formwork system enable" turns on`,
    );
  }
}

async function alter(admin: pg.Client, attributes: string): Promise<void> {
  const statement = `alter role ${identifier(systemRole)} ${attributes}`;
  await alterRoles(admin, () => admin.query(statement)).catch((error: unknown) => {
    throw new SetupError(
      `${toDatabaseError(error).message}. A superuser has to run: ${statement}; then do this again`,
      { cause: error },
    );
  });
}
