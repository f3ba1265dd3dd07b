import { randomUUID } from 'node:crypto';
import type { ControlPlane, TransactionSql } from '@formwork/pg';
import { ContractExpiredError } from '../errors.ts';
import type { ClosingThing } from './contracts.ts';
import { addUses } from './save-usage.ts';
import type { CountedUse } from './use.ts';

/** Seconds for which a mark stands at most. Whoever takes longer to decide has to begin anew. */
const longest = 120;

/**
 * Marks what is to be taken away: from when this returns, each gateway notes a use of it before it answers. Gives what the
 * marks of this contract are known by.
 */
export function markClosing(
  control: ControlPlane,
  tenantId: string,
  things: readonly ClosingThing[],
  seconds = longest,
): Promise<string> {
  const contract = randomUUID();
  return control.withTenant(tenantId, async (sql) => {
    await sql`
      insert into formwork.closings (contract, entity_type, field, name, until)
      select ${contract}::uuid, t."entityType", t.field, t.name, now() + make_interval(secs => ${seconds})
      from jsonb_to_recordset(${sql.json([...things] as never)}) as t ("entityType" text, field text, name text)`;
    await announce(sql, tenantId);
    return contract;
  });
}

/**
 * Begins to decide: whoever would note a use waits until the transaction ends, so all that was used of what stays is known
 * to the next statement. Throws ContractExpiredError where the marks are gone.
 */
export async function holdClosing(sql: TransactionSql, contract: string): Promise<void> {
  const held = await sql`select from formwork.closings where contract = ${contract}::uuid for update`;
  if (held.length === 0) throw new ContractExpiredError();
}

/** Takes the marks back: with what was decided, or because nothing was. */
export async function endClosing(sql: TransactionSql, tenantId: string, contract: string): Promise<void> {
  const ended = await sql`delete from formwork.closings where contract = ${contract}::uuid returning id`;
  if (ended.length > 0) await announce(sql, tenantId);
}

/**
 * Notes the use of what is marked, before whoever uses it is answered. Waits while it is being decided; nothing is noted of what
 * has gone since, for then the request finds that out by itself.
 */
export function saveClosingUses(
  control: ControlPlane,
  tenantId: string,
  closings: readonly string[],
  uses: readonly CountedUse[],
): Promise<void> {
  return control.withTenant(tenantId, async (sql) => {
    // Whoever decides holds them for update.
    const still = await sql`
      select from formwork.closings where id = any (${[...closings]}::uuid[]) order by id for share`;
    if (still.length > 0) await addUses(sql, uses);
  });
}

/** Takes back the marks of those who ended before they had decided. */
export async function sweepClosings(control: ControlPlane): Promise<void> {
  const late = await control.control(
    (sql) => sql<{ id: string }[]>`select id from formwork.tenants where closing_until < now()`,
  );
  for (const { id } of late) {
    await control.withTenant(id, async (sql) => {
      // Whoever changes the tenant just now is not waited for: gateways have others to answer meanwhile.
      const free = await sql`
        select from formwork.tenants where id = ${id}::uuid for no key update skip locked`;
      if (free.length === 0) return;
      // Somebody who is just now deciding is let decide.
      const swept = await sql`
        delete from formwork.closings where id in (
          select id from formwork.closings where until < now() for update skip locked) returning id`;
      if (swept.length > 0) await announce(sql, id);
    });
  }
}

/** Gateways hear of it at commit, and at the latest with the next batch of the tenant. */
async function announce(sql: TransactionSql, tenantId: string): Promise<void> {
  // By a statement of its own, so that the next one sees the marks of whoever was here just before.
  await sql`select from formwork.tenants where id = ${tenantId}::uuid for no key update`;
  await sql`
    with raised as (
      update formwork.tenants set access_version = access_version + 1,
        closing_until = (select max(until) from formwork.closings)
      where id = ${tenantId}::uuid returning access_version
    )
    select pg_notify('formwork_access', json_build_object('tenant', ${tenantId}::text, 'version', access_version)::text)
    from raised`;
}
