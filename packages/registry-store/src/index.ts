export { type AppliedRegistry, type ApplyOptions, applyChange, applyRegistry } from './apply-registry.ts';
export type { ChangeRequest } from './change-request.ts';
export { type CheckedChange, checkChange, checkRegistry } from './check-registry.ts';
export {
  ContractExpiredError,
  JobError,
  RegistryBusyError,
  RegistryConflictError,
  UsageUnknownError,
} from './errors.ts';
export { exportRegistry, loadTenantRegistry } from './export-registry.ts';
export { type FormerName, formerNamesStatement, readFormerNames } from './former-names.ts';
export { pauseJob, readJob, readJobs, resumeJob, retryJob } from './jobs/control-jobs.ts';
export type { Job, JobState } from './jobs/job.ts';
export { JobWorker, workOffJobs } from './jobs/job-worker.ts';
export { type ParityReport, readParity } from './jobs/parity.ts';
export type { JobPace } from './jobs/repeat-batches.ts';
export type { LeftBehind } from './left-behind.ts';
export type { PlanOptions } from './plan-change.ts';
export { type HistoryOptions, type RegistryVersion, readHistory } from './read-history.ts';
export { type RegistrySnapshot, readSnapshotInSteps, registryStatements } from './read-registry.ts';
export { type RefreshOptions, refreshOutdated } from './refresh/refresh-outdated.ts';
export { refreshTenant } from './refresh/refresh-tenant.ts';
export { createRegistryStore, type RegistryStore } from './registry-store.ts';
export { registryChannel } from './save-version.ts';
export { type SweepOptions, sweepViews } from './sweep-views.ts';
export type { Backfill } from './too-many-to-fill.ts';
export { saveClosingUses, sweepClosings } from './usage/closings.ts';
export { isUseOf } from './usage/contracts.ts';
export { tellUse } from './usage/find-in-use.ts';
export { heartbeat, removeGateway, reportGateway, usageChannel } from './usage/live-gateways.ts';
export { readUsage } from './usage/read-usage.ts';
export { saveUsage } from './usage/save-usage.ts';
export { type CountedUse, longestName, type RecordedUse } from './usage/use.ts';
export type { Drift, DriftKind } from './verify/drift.ts';
export { verify } from './verify/verify.ts';
