import pg from 'pg';
import { withoutPassword } from './admin-connection.ts';
import { alterRoles } from './alter-roles.ts';
import { passwordDeriver } from './cluster-key.ts';
import { SetupError, toDatabaseError } from './errors.ts';
import { scramVerifier } from './scram.ts';
import { identifier, literal } from './sql-text.ts';

export interface LoginOptions {
  /** As an administrator, to the database that the logins are for. */
  readonly adminUrl: string;
  /** Given: used as they are, and no password is touched. */
  readonly gatewayUrl?: string | undefined;
  readonly designerUrl?: string | undefined;
  /** Stands in for the cluster's own key where the administrator cannot read that. */
  readonly secret?: string | undefined;
}

export interface Logins {
  readonly gatewayUrl: string;
  readonly designerUrl: string;
}

/** What the text of values depends on, and what guards a server against clients that hang. */
const roleSettings: readonly (readonly [string, string])[] = [
  ['timezone', 'UTC'],
  ['datestyle', 'ISO, YMD'],
  ['intervalstyle', 'iso_8601'],
  ['bytea_output', 'hex'],
  ['extra_float_digits', '1'],
  ['search_path', 'formwork, formwork_views'],
  // Statements are short; compiling them costs more than it saves.
  ['jit', 'off'],
  // A sequential scan asks for the tenant at each row of all tenants (20 ms for 80,000), the indexes once.
  ['enable_seqscan', 'off'],
  ['idle_in_transaction_session_timeout', '60s'],
  // What triggers derive of the records of others they read when these cannot change any more (sql/036).
  ['default_transaction_isolation', 'read committed'],
];

/**
 * A gateway that is killed leaves nobody to cancel what it has begun: Postgres looks for itself whether the client is
 * still there, and else goes on, and holds its locks, until it has something to say. Not every system can look.
 */
const presence = ['client_connection_check_interval', '2s'] as const;

/** Makes sure that gateway and designer can log in, and that neither can step around a policy. */
export async function setUpLogins(admin: pg.Client, options: LoginOptions): Promise<Logins> {
  const derive = passwordDeriver(admin, options.secret);
  const logins = {
    gatewayUrl: options.gatewayUrl ?? (await loginUrl(admin, options.adminUrl, 'formwork_gateway', derive)),
    designerUrl:
      options.designerUrl ?? (await loginUrl(admin, options.adminUrl, 'formwork_designer', derive)),
  };
  const gateway = await checkLogin(admin, logins.gatewayUrl);
  await checkLogin(admin, logins.designerUrl);
  await forbidTemporaryTables(admin, gateway);
  return logins;
}

/**
 * Postgres lets everybody make temporary tables. Such a table can be given a trigger, and what a trigger writes of rollups
 * is taken for what our own have computed (sql/022).
 */
async function forbidTemporaryTables(admin: pg.Client, { name }: RoleDescription): Promise<void> {
  const { rows } = await admin.query<{ database: string; isAllowed: boolean }>(
    `select current_database() as database, has_database_privilege($1, current_database(), 'temporary') as "isAllowed"`,
    [name],
  );
  if (rows[0]?.isAllowed !== true) return;
  const revoke = `revoke temporary on database ${identifier(rows[0].database)} from public, ${identifier(name)}`;
  await alterRoles(admin, () => admin.query(revoke));
}

/**
 * The URL of a role whose password is derived; the password is set only where it does not fit yet.
 *
 * @internal
 */
export async function loginUrl(
  admin: pg.Client,
  adminUrl: string,
  role: string,
  derive: (role: string) => Promise<string>,
): Promise<string> {
  const url = await urlOfRole(adminUrl, role, derive);
  if (!(await canLogIn(url))) {
    const verifier = scramVerifier(new URL(url).password);
    await alterRoles(admin, () =>
      admin.query(`alter role ${identifier(role)} login password ${literal(verifier)}`),
    );
  }
  return url;
}

/** @internal */
export async function urlOfRole(
  adminUrl: string,
  role: string,
  derive: (role: string) => Promise<string>,
): Promise<string> {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = await derive(role);
  return url.href;
}

async function checkLogin(admin: pg.Client, url: string): Promise<RoleDescription> {
  const role = await describeRole(url);
  if (role.isPowerful) {
    throw new SetupError(
      `The role "${role.name}" is a superuser, has BYPASSRLS or may act as such a role or as formwork_owner, so it could ` +
        "see every tenant's data. Let FORMWORK_GATEWAY_URL and FORMWORK_DESIGNER_URL name roles that cannot",
    );
  }
  await applyRoleSettings(admin, role);
  return role;
}

/**
 * Gives a role the settings that it does not have yet.
 *
 * @internal
 */
export async function applyRoleSettings(admin: pg.Client, role: RoleDescription): Promise<void> {
  const made = role.settings.map((setting) => setting.replace(/^[^=]*/, (name) => name.toLowerCase()));
  const isMissing = ([name, value]: readonly [string, string]) => !made.includes(`${name}=${value}`);
  if (isMissing(presence)) {
    const statement = `alter role ${identifier(role.name)} set ${presence[0]} = ${literal(presence[1])}`;
    await alterRoles(admin, () => admin.query(statement)).catch(() => {});
  }
  const missing = roleSettings.filter(isMissing);
  if (missing.length === 0) return;
  const statements = missing.map(
    // A list (search_path) is written without quotes around the whole.
    ([name, value]) =>
      `alter role ${identifier(role.name)} set ${name} = ${name === 'search_path' ? value : literal(value)}`,
  );
  await alterRoles(admin, () => admin.query(statements.join(';'))).catch((error: unknown) => {
    const { message } = error as Error;
    throw new SetupError(`${message}. An administrator has to run: ${statements.join('; ')}`, {
      cause: error,
    });
  });
}

interface RoleDescription {
  readonly name: string;
  /** Whether it could step around a policy, as itself or as what it may become. */
  readonly isPowerful: boolean;
  readonly isSuperuser: boolean;
  readonly bypassesPolicies: boolean;
  /** Whether records of anybody could be deleted. */
  readonly mayDelete: boolean;
  readonly settings: readonly string[];
}

/** @internal */
export async function describeRole(url: string): Promise<RoleDescription> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<RoleDescription>(
      `select me.rolname as name, coalesce(me.rolconfig, '{}') as settings,
          exists (select from pg_catalog.pg_roles other
            where (other.rolsuper or other.rolbypassrls or other.rolname = 'formwork_owner')
              and pg_has_role(me.oid, other.oid, 'member')) as "isPowerful",
          me.rolsuper as "isSuperuser", me.rolbypassrls as "bypassesPolicies",
          exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'formwork' and c.relname = 'records' and has_table_privilege(c.oid, 'delete')) as "mayDelete"
        from pg_catalog.pg_roles me where me.rolname = current_user`,
    );
    return rows[0] as RoleDescription;
  } catch (error) {
    const { message } = toDatabaseError(error);
    throw new SetupError(`Postgres does not let ${withoutPassword(url)} in: ${message}`, { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}

async function canLogIn(url: string): Promise<boolean> {
  return describeRole(url).then(
    () => true,
    () => false,
  );
}
