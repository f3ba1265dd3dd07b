import type { ControlPlane } from './control-plane.ts';

/** One use of the system role: when it began and, unless it was cut off, how it ended. */
export interface AuditRow {
  readonly run: string;
  readonly job: string;
  readonly by: string;
  readonly role: string;
  readonly address: string | null;
  readonly beganAt: Date;
  /** Null: it runs, or was cut off. */
  readonly endedAt: Date | null;
  readonly result: 'done' | 'failed' | null;
  /** What Postgres saw it touch; of one that did not end well, what it was going to. */
  readonly tables: readonly string[];
  /** Slugs; null: all tenants. */
  readonly tenants: readonly string[] | null;
  readonly outcome: Readonly<Record<string, unknown>>;
}

/** Uses of the system role, the latest first. */
export function readAudit(
  control: ControlPlane,
  { last, job = null }: { readonly last: number; readonly job?: string | null },
): Promise<readonly AuditRow[]> {
  return control.control(async (sql) => [
    ...(await sql<AuditRow[]>`
      select b.run, b.job, b.by, b.role, host(b.address) as address, b.at as "beganAt", e.at as "endedAt",
        e.event as result, coalesce(e.tables, b.tables) as tables, b.tenants, coalesce(e.outcome, '{}') as outcome
      from formwork.system_audit b
      left join formwork.system_audit e on e.run = b.run and e.event <> 'began'
      where b.event = 'began' and (${job}::text is null or b.job = ${job})
      order by b.id desc limit ${last}`),
  ]);
}
