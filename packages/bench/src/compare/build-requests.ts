import { identifier, withAdmin } from '@formwork/pg';
import type { Shop } from '../data/shop.ts';
import type { LoadRequest } from '../load/run-load.ts';
import type { Operation, Sample } from '../operations/operation.ts';
import type { Target } from '../targets/target.ts';

/** Requests that are prepared for each run. */
const count = 1_000;

/** The ids that requests ask for, of each tenant: scattered over all there are, the same in every run. */
export async function readSamples({ home, tenants }: Shop): Promise<readonly Sample[]> {
  return withAdmin(home.postgres.adminUrl, async (admin) => {
    const samples: Sample[] = [];
    for (const { id } of tenants) {
      const idsOf = async (table: string): Promise<string[]> => {
        const { rows } = await admin.query<{ id: string }>(
          `select id from native.${identifier(table)} where workspace_id = $1 order by md5(id::text) limit ${count}`,
          [id],
        );
        return rows.map((row) => row.id);
      };
      samples.push({ workspace: id, customers: await idsOf('customers'), orders: await idsOf('orders') });
    }
    return samples;
  });
}

/** Bodies and headers for one operation: of the large tenant, or of the small ones at random. */
export function buildRequests(
  target: Target,
  operation: Operation,
  samples: readonly Sample[],
  isManyTenants: boolean,
): readonly LoadRequest[] {
  return Array.from({ length: count }, (_, index) => {
    const tenant = isManyTenants ? 1 + ((index * 7919) % (samples.length - 1)) : 0;
    const sample = samples[tenant];
    if (sample === undefined) throw new Error('There is no such tenant');
    return {
      headers: target.headers(tenant),
      body: JSON.stringify(target.request(operation, sample, index)),
    };
  });
}
