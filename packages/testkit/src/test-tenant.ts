import { connectControlPlane } from '@formwork/pg';
import type { Registry } from '@formwork/registry';

/** A tenant with a registry and a key that may do everything. */
export interface TestTenant {
  readonly tenantId: string;
  readonly slug: string;
  /** Text of a key with the role admin. */
  readonly key: string;
  readonly version: number;
  readonly registry: Registry;
}

/** Makes a tenant of that slug and applies the document (anything that `formwork registry apply` takes). */
export async function createTestTenant(
  database: { readonly designerUrl: string },
  slug: string,
  document: unknown,
): Promise<TestTenant> {
  // Loaded when a tenant is wanted, so that the tests of lower rooms run without the higher ones.
  const { createKey, createTenant } = await import('@formwork/directory');
  const { applyRegistry } = await import('@formwork/registry-store');
  const control = connectControlPlane({ url: database.designerUrl, max: 1 });
  try {
    const { id: tenantId } = await createTenant(control, { slug });
    const { version, registry } = await applyRegistry(control, tenantId, document, { appliedBy: 'testkit' });
    const { key } = await createKey(control, tenantId, { role: 'admin' });
    return { tenantId, slug, key, version, registry };
  } finally {
    await control.close();
  }
}
