import type { ControlPlane } from '@formwork/pg';
import { defaultLimits, type Limits } from '@formwork/registry';
import { type AppliedRegistry, type ApplyOptions, applyChange } from './apply-registry.ts';
import type { ChangeRequest } from './change-request.ts';
import { type CheckedChange, checkChange } from './check-registry.ts';
import { loadTenantRegistry } from './export-registry.ts';
import { pauseJob, readJobs, resumeJob, retryJob } from './jobs/control-jobs.ts';
import type { Job } from './jobs/job.ts';
import { type ParityReport, readParity } from './jobs/parity.ts';
import type { PlanOptions } from './plan-change.ts';
import { type HistoryOptions, type RegistryVersion, readHistory } from './read-history.ts';
import type { RegistrySnapshot } from './read-registry.ts';
import { defaultUsageWindow } from './usage/find-in-use.ts';
import { readUsage } from './usage/read-usage.ts';
import type { RecordedUse } from './usage/use.ts';

/** The functions of this room, bound to a database and its limits: for those who know no control plane. */
export interface RegistryStore {
  readonly limits: Limits;
  /** Days for which nobody may have used what is to go, where a request does not say otherwise. */
  readonly usageWindow: number;
  load(tenantId: string): Promise<RegistrySnapshot>;
  check(tenantId: string, request: ChangeRequest, how?: CheckRequest): Promise<CheckedChange>;
  apply(tenantId: string, request: ChangeRequest, options: ApplyRequest): Promise<AppliedRegistry>;
  history(tenantId: string, options: HistoryOptions): Promise<readonly RegistryVersion[]>;
  usage(tenantId: string): Promise<readonly RecordedUse[]>;
  jobs(tenantId: string): Promise<readonly Job[]>;
  pauseJob(tenantId: string, id: string): Promise<Job>;
  resumeJob(tenantId: string, id: string): Promise<Job>;
  retryJob(tenantId: string, id: string): Promise<Job>;
  parity(tenantId: string): Promise<readonly ParityReport[]>;
}

type CheckRequest = Pick<PlanOptions, 'usageWindow' | 'force'>;
type ApplyRequest = Pick<ApplyOptions, 'appliedBy' | 'expectedVersion' | 'usageWindow' | 'force'>;

export function createRegistryStore(control: ControlPlane, options: PlanOptions = {}): RegistryStore {
  const { usageWindow = defaultUsageWindow } = options;
  return {
    limits: { ...defaultLimits, ...options.limits },
    load: (tenantId) => loadTenantRegistry(control, tenantId),
    usageWindow,
    check: (tenantId, request, how) =>
      checkChange(control, tenantId, request, {
        ...options,
        ...how,
        usageWindow: how?.usageWindow ?? usageWindow,
      }),
    apply: (tenantId, request, how) =>
      applyChange(control, tenantId, request, {
        ...options,
        ...how,
        usageWindow: how.usageWindow ?? usageWindow,
      }),
    history: (tenantId, request) => readHistory(control, tenantId, request),
    usage: (tenantId) => readUsage(control, tenantId),
    jobs: (tenantId) => readJobs(control, tenantId),
    pauseJob: (tenantId, id) => pauseJob(control, tenantId, id),
    resumeJob: (tenantId, id) => resumeJob(control, tenantId, id),
    retryJob: (tenantId, id) => retryJob(control, tenantId, id),
    parity: (tenantId) => readParity(control, tenantId),
  };
}
