// By path: Jest's module mapping does not reach its global setup, which would get whatever was built last.
import {
  type AdminClient,
  enableSystemRole,
  identifier,
  literal,
  migrate,
  setUpLogins,
  withAdmin,
} from '../../pg/src/index.ts';

/** URLs to a database, one for each role that connects. */
export interface DatabaseUrls {
  /** As superuser: sees everything, for setting up and for showing that a hidden row exists. */
  readonly adminUrl: string;
  /** As formwork_gateway, for the data plane. */
  readonly gatewayUrl: string;
  /** As formwork_designer, for the control plane. */
  readonly designerUrl: string;
  /** As formwork_system, which every test database has turned on: it sees all tenants. */
  readonly systemUrl: string;
}

/** Migrates an empty database and lets all roles in. */
export async function prepareDatabase(adminUrl: string): Promise<DatabaseUrls> {
  await migrate(adminUrl);
  const options = { adminUrl, secret: 'test' };
  return withAdmin(adminUrl, async (admin) => {
    const logins = await setUpLogins(admin, options);
    const systemUrl = await enableSystemRole(admin, options);
    for (const url of [logins.gatewayUrl, logins.designerUrl, systemUrl]) await setPassword(admin, url);
    return { adminUrl, ...logins, systemUrl };
  });
}

/** Sets the same password again, kept as this server is told to keep passwords. */
export async function setPassword(admin: AdminClient, url: string): Promise<void> {
  const { username, password } = new URL(url);
  await admin.query(`alter role ${identifier(username)} password ${literal(decodeURIComponent(password))}`);
}
