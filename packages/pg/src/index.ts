export { type AdminClient, withAdmin } from './admin-connection.ts';
export {
  type ControlPlane,
  type ControlPlaneOptions,
  connectControlPlane,
  type TransactionSql,
} from './control-plane.ts';
export { connectDataPlane, type DataPlaneOptions } from './data-plane.ts';
export { type EmbeddedCluster, type EmbeddedOptions, openEmbeddedCluster } from './embedded/cluster.ts';
export {
  DatabaseError,
  type DatabaseErrorCode,
  SchemaChangedError,
  type ServerReport,
  SetupError,
} from './errors.ts';
export { type LoginOptions, type Logins, setUpLogins } from './logins.ts';
export { type MigrateOptions, migrate } from './migrate.ts';
export { type OpenedPostgres, openPostgres, type PostgresConfig } from './open-postgres.ts';
export { identifier, literal, reusingPlan, SqlFragment, type SqlValue, sql, textArray } from './sql-text.ts';
export type * from './statement.ts';
export { type AuditRow, readAudit } from './system-audit.ts';
export { connectSystemPlane, type SystemJob, type SystemPlane } from './system-plane.ts';
export {
  disableSystemRole,
  enableSystemRole,
  isSystemRoleEnabled,
  type SystemRoleOptions,
  systemRoleUrl,
} from './system-role.ts';
export type { BatchReport } from './tenant-session.ts';
