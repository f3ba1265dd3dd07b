import { asAdmin } from '@formwork/testkit';
import { dataOf, type Harness, type TestGateway, type TestTenant } from './harness.ts';

export interface Applied {
  readonly version: number;
  readonly changed: boolean;
  readonly problems: readonly { readonly code: string; readonly path: string; readonly message: string }[];
}

/** What a designer of the tenant gets for an operation of one field. */
export async function askAsDesigner<T>(
  gateway: TestGateway,
  { keys }: TestTenant,
  operation: string,
  variables?: object,
): Promise<T> {
  return Object.values(dataOf(await gateway.askDesign(keys.designer, operation, variables)))[0] as T;
}

export function applyChanges(
  gateway: TestGateway,
  tenant: TestTenant,
  changes: readonly object[],
  { version, days }: { readonly version?: number | undefined; readonly days?: number | undefined } = {},
): Promise<Applied> {
  return askAsDesigner(
    gateway,
    tenant,
    `mutation ($changes: [ChangeInput!]!, $version: Int, $days: Int) {
      apply(changes: $changes, expectedVersion: $version, unusedForDays: $days) {
        version changed problems { code path message }
      }
    }`,
    { changes, version, days },
  );
}

/** As if nobody had used anything yet: a contract has all gateways tell what they have counted, even one that is refused. */
export async function forgetUses(
  { database }: Harness,
  gateway: TestGateway,
  tenant: TestTenant,
): Promise<void> {
  await applyChanges(gateway, tenant, [{ dropAlias: { entity: 'none', alias: 'none' } }]);
  await asAdmin(database, (admin) =>
    admin.query('delete from formwork.usage where tenant_id = $1', [tenant.id]),
  );
}
