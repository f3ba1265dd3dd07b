import type { ControlPlane } from '@formwork/pg';
import { defaultLimits, type Limits } from '@formwork/registry';
import { type AppliedRegistry, type ApplyOptions, applyChange } from './apply-registry.ts';
import type { ChangeRequest } from './change-request.ts';
import { type CheckedChange, checkChange } from './check-registry.ts';
import { loadTenantRegistry } from './export-registry.ts';
import type { PlanOptions } from './plan-change.ts';
import { type HistoryOptions, type RegistryVersion, readHistory } from './read-history.ts';
import type { RegistrySnapshot } from './read-registry.ts';

/** The functions of this room, bound to a database and its limits: for those who know no control plane. */
export interface RegistryStore {
  readonly limits: Limits;
  load(tenantId: string): Promise<RegistrySnapshot>;
  check(tenantId: string, request: ChangeRequest): Promise<CheckedChange>;
  apply(tenantId: string, request: ChangeRequest, options: ApplyRequest): Promise<AppliedRegistry>;
  history(tenantId: string, options: HistoryOptions): Promise<readonly RegistryVersion[]>;
}

type ApplyRequest = Pick<ApplyOptions, 'appliedBy' | 'expectedVersion'>;

export function createRegistryStore(control: ControlPlane, options: PlanOptions = {}): RegistryStore {
  return {
    limits: { ...defaultLimits, ...options.limits },
    load: (tenantId) => loadTenantRegistry(control, tenantId),
    check: (tenantId, request) => checkChange(control, tenantId, request, options),
    apply: (tenantId, request, how) => applyChange(control, tenantId, request, { ...options, ...how }),
    history: (tenantId, request) => readHistory(control, tenantId, request),
  };
}
