// By path: Jest's module mapping does not reach its global setup, which would get whatever was built last.
import { enableSystemRole, migrate, setUpLogins, withAdmin } from '../../pg/src/index.ts';

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
  return withAdmin(adminUrl, async (admin) => ({
    adminUrl,
    ...(await setUpLogins(admin, options)),
    systemUrl: await enableSystemRole(admin, options),
  }));
}
