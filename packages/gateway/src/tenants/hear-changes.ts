import type { ControlPlane } from '@formwork/pg';
import type { Services } from '../services.ts';

/**
 * Hears of changes to registries and keys, and forgets what was held of the tenant. When the connection was lost,
 * announcements may be lost too: then everything held is asked for again. That is for speed alone, since every
 * request proves its versions.
 */
export async function hearChanges(
  control: ControlPlane,
  { callers, states, log }: Pick<Services, 'callers' | 'states' | 'log'>,
): Promise<{ close(): void }> {
  const hear = (channel: string, drop: (tenantId: string) => void, dropAll: () => void) =>
    control.listen(
      channel,
      (payload) => {
        const tenantId = tenantOf(payload);
        log.debug({ channel, tenantId }, 'a tenant has changed');
        if (tenantId === null) dropAll();
        else drop(tenantId);
      },
      () => {
        log.warn({ channel }, 'announcements were lost for a while; what was held is read again');
        dropAll();
      },
    );
  const registries = await hear(
    'formwork_registry',
    (tenantId) => states.drop(tenantId),
    () => states.dropAll(),
  );
  const access = await hear(
    'formwork_access',
    (tenantId) => callers.drop(tenantId),
    () => callers.dropAll(),
  );
  return {
    close() {
      registries.close();
      access.close();
    },
  };
}

/** Null for a payload that is not ours: anybody who may connect may notify. */
function tenantOf(payload: string): string | null {
  try {
    const { tenant } = JSON.parse(payload) as { tenant?: unknown };
    return typeof tenant === 'string' ? tenant : null;
  } catch {
    return null;
  }
}
