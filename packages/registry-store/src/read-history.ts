import type { ControlPlane } from '@formwork/pg';
import type { RegistryChange, RegistryDocument } from '@formwork/registry';

/** A version of a registry that was applied. */
export interface RegistryVersion {
  readonly version: number;
  readonly appliedBy: string;
  /** RFC 3339, UTC. */
  readonly appliedAt: string;
  /** What it did. */
  readonly changes: readonly Pick<RegistryChange, 'kind' | 'what' | 'name' | 'message'>[];
  /** Null unless asked for. */
  readonly document: RegistryDocument | null;
}

export interface HistoryOptions {
  /** How many. */
  readonly first: number;
  /** Documents may be large, so only where they are wanted. */
  readonly documents: boolean;
}

/** Versions of the tenant's registry, the latest first. */
export function readHistory(
  control: ControlPlane,
  tenantId: string,
  { first, documents }: HistoryOptions,
): Promise<readonly RegistryVersion[]> {
  return control.withTenant(tenantId, async (sql) => {
    const rows = await sql<
      {
        version: number;
        appliedBy: string;
        appliedAt: string;
        summary: string;
        document: string | null;
      }[]
    >`
      select version, applied_by as "appliedBy",
        to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "appliedAt",
        summary::text as summary,
        case when ${documents}::boolean then document::text end as document
      from formwork.registry_versions
      order by version desc limit ${first}`;
    return rows.map(({ document, summary, ...row }) => ({
      ...row,
      changes: JSON.parse(summary),
      document: document === null ? null : JSON.parse(document),
    }));
  });
}
