import { type TransactionSql, sql as text } from '@formwork/pg';
import type { ChangeStep, EntityStorageRow, LinkRuleRow } from '@formwork/view-compiler';
import { tidyLater } from './jobs/start-jobs.ts';
import { runStatement } from './run-statement.ts';
import { removeRollup, saveRollup } from './save-rollup.ts';
import { storageValues } from './storage-values.ts';
import { useFunctions } from './use-functions.ts';
import { releaseViews, useViews } from './use-views.ts';

/** Does the steps of a change, in their order, in the transaction of the tenant. */
export async function runSteps(
  sql: TransactionSql,
  tenantId: string,
  steps: readonly ChangeStep[],
): Promise<void> {
  for (const step of steps) await runStep(sql, tenantId, step);
}

async function runStep(sql: TransactionSql, tenantId: string, step: ChangeStep): Promise<void> {
  switch (step.do) {
    case 'remove_links':
      await sql`
        delete from formwork.record_links where entity_type = ${step.entityType} and field = ${step.field}`;
      return;
    case 'start_autonumber':
      return startAutonumber(sql, step.entityType, step.field);
    case 'save_storage':
      return saveStorage(sql, step.row);
    case 'fill':
      await sql`update formwork.records set data = data where entity_type = ${step.entityType}`;
      return;
    case 'tidy':
      return tidyLater(sql, tenantId, step.entityType);
    case 'save_link_rule':
      return saveLinkRule(sql, step.rule);
    case 'remove_link_rule':
      await sql`
        delete from formwork.link_rules where entity_type = ${step.entityType} and field = ${step.field}`;
      return;
    case 'use_functions':
      return useFunctions(sql, tenantId, step.functions);
    case 'save_rollup':
      return saveRollup(sql, step.row);
    case 'remove_rollup':
      return removeRollup(sql, step.row);
    case 'remove_entity':
      await sql`delete from formwork.entity_types where storage_key = ${step.entityType}`;
      return;
    case 'use_views':
      return useViews(sql, tenantId, step.views);
    case 'release_views':
      return releaseViews(sql, tenantId, step.names);
    default:
      step satisfies never;
  }
}

async function startAutonumber(sql: TransactionSql, entityType: string, field: string): Promise<void> {
  const numbered = await sql`
    update formwork.records r set data = r.data || jsonb_build_object(${field}::text, n.number)
    from (
      select id, row_number() over (order by created_at, id) as number from formwork.records where entity_type = ${entityType}
    ) n
    where r.id = n.id`;
  await sql`
    insert into formwork.autonumbers (entity_type, field, next_number)
    values (${entityType}, ${field}, ${numbered.count + 1})`;
}

async function saveStorage(sql: TransactionSql, row: EntityStorageRow): Promise<void> {
  const columns = storageValues(row);
  const names = text.join(columns.map(({ name }) => text.identifier(name)));
  // By way of text, because the client would quote the text of a jsonb parameter once more.
  const values = text.join(columns.map(({ type, value }) => text`${value}::text::${text.raw(type)}`));
  const changes = text.join(
    columns.map(({ name }) => text`${text.identifier(name)} = ${text.identifier('excluded', name)}`),
  );
  await runStatement(
    sql,
    text`insert into formwork.entity_storage (entity_type, ${names}) values (${row.entityType}, ${values})
      on conflict (tenant_id, entity_type) do update set ${changes}`,
  );
}

async function saveLinkRule(sql: TransactionSql, rule: LinkRuleRow): Promise<void> {
  await sql`
    insert into formwork.link_rules (entity_type, field, target, slot, on_delete)
    values (${rule.entityType}, ${rule.field}, ${rule.target}, ${rule.slot}, ${rule.onDelete})
    on conflict (tenant_id, entity_type, field) do update set
      target = excluded.target, slot = excluded.slot, on_delete = excluded.on_delete`;
}
