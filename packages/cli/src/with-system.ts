import { hostname, userInfo } from 'node:os';
import {
  connectSystemPlane,
  isSystemRoleEnabled,
  type SystemPlane,
  systemRoleUrl,
  withAdmin,
} from '@formwork/pg';
import { Failure } from './failure.ts';
import type { Installation } from './with-installation.ts';

/** Lends the system plane, whose jobs see all tenants and are written down. Throws a Failure where it is off. */
export async function withSystem<T>(
  installation: Installation,
  work: (system: SystemPlane) => Promise<T>,
): Promise<T> {
  const system = await connectSystemPlane({ url: await systemUrl(installation), by: whoAsks() });
  try {
    return await work(system);
  } finally {
    await system.close();
  }
}

/** What the setting says; of the embedded Postgres, whose port changes, what can be derived where somebody has turned it on. */
async function systemUrl({ settings, postgres }: Installation): Promise<string> {
  if (settings.systemUrl !== undefined) return settings.systemUrl;
  const { adminUrl, source } = postgres;
  if (source === 'embedded') {
    const derived = await withAdmin(adminUrl, async (admin) =>
      (await isSystemRoleEnabled(admin)) ? systemRoleUrl(admin, { ...settings, adminUrl }) : null,
    );
    if (derived !== null) return derived;
  }
  throw new Failure(
    source === 'embedded'
      ? 'This takes the system role, which is off: "formwork system enable" turns it on.'
      : 'This takes the system role: set FORMWORK_SYSTEM_URL to where it logs in. "formwork system enable" turns it on and prints that.',
  );
}

/** As the audit has it. */
function whoAsks(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A user without an entry in the system's list.
    return `${process.getuid?.() ?? 'somebody'}@${hostname()}`;
  }
}
