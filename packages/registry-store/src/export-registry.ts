import type { ControlPlane } from '@formwork/pg';
import { type RegistryDocument, toDocument } from '@formwork/registry';
import { type RegistrySnapshot, readCurrent } from './read-registry.ts';

/** The tenant's registry as a document, without entities where it has none yet. */
export async function exportRegistry(control: ControlPlane, tenantId: string): Promise<RegistryDocument> {
  const { registry } = await loadTenantRegistry(control, tenantId);
  return registry === null ? { formwork: 1, entities: [] } : toDocument(registry);
}

/** The tenant's registry and its version, over the control plane. */
export function loadTenantRegistry(control: ControlPlane, tenantId: string): Promise<RegistrySnapshot> {
  return control.withTenant(tenantId, readCurrent);
}
