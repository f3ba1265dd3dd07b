export { type AppliedRegistry, type ApplyOptions, applyRegistry } from './apply-registry.ts';
export { RegistryBusyError, RegistryConflictError } from './errors.ts';
export { exportRegistry, loadTenantRegistry } from './export-registry.ts';
export type { LeftBehind } from './left-behind.ts';
export { type RegistrySnapshot, readRegistry, readSnapshot, registryStatements } from './read-registry.ts';
export { registryChannel } from './save-version.ts';
export { type SweepOptions, sweepViews } from './sweep-views.ts';
export type { Drift, DriftKind } from './verify/drift.ts';
export { verify } from './verify/verify.ts';
