import type { TransactionSql } from '@formwork/pg';
import type { StoredRegistry } from '@formwork/registry';

/**
 * Writes the rows of a registry over those that are there, and removes fields and keys that it has no more. Entity
 * types that it has no more stay: what hangs on them has to be cleared away first. Keys may be swapped, because their
 * unique constraints are looked at at commit.
 */
export async function saveRows(sql: TransactionSql, stored: StoredRegistry): Promise<void> {
  await saveEntityTypes(sql, stored);
  await saveFields(sql, stored);
  await saveUniqueKeys(sql, stored);
  await saveRoles(sql, stored);
}

async function saveEntityTypes(sql: TransactionSql, { entityTypes }: StoredRegistry): Promise<void> {
  await sql`
    insert into formwork.entity_types
      (storage_key, key, plural, label, description, position, options, view_name)
    select r."storageKey", r.key, r.plural, r.label, r.description, r.position, r.options, r."viewName"
    from jsonb_to_recordset(${json(sql, entityTypes)}) as r (
      "storageKey" text, key text, plural text, label text, description text, position int, options jsonb,
      "viewName" text)
    on conflict (tenant_id, storage_key) do update set
      key = excluded.key, plural = excluded.plural, label = excluded.label, description = excluded.description,
      position = excluded.position, options = excluded.options, view_name = excluded.view_name`;
}

async function saveFields(sql: TransactionSql, { fields }: StoredRegistry): Promise<void> {
  const rows = json(sql, fields);
  await sql`
    delete from formwork.fields f where (f.entity_type, f.storage_key) not in (
      select r."entityType", r."storageKey"
      from jsonb_to_recordset(${rows}) as r ("entityType" text, "storageKey" text))`;
  await sql`
    insert into formwork.fields
      (entity_type, storage_key, key, label, description, type, required, is_unique, indexed, default_value, options,
       position, slot, slot_state)
    select r."entityType", r."storageKey", r.key, r.label, r.description, r.type, r.required, r."isUnique", r.indexed,
      nullif(r."defaultValue", 'null'), r.options, r.position, r.slot, r."slotState"
    from jsonb_to_recordset(${rows}) as r (
      "entityType" text, "storageKey" text, key text, label text, description text, type text, required boolean,
      "isUnique" boolean, indexed boolean, "defaultValue" jsonb, options jsonb, position int, slot text,
      "slotState" text)
    on conflict (tenant_id, entity_type, storage_key) do update set
      key = excluded.key, label = excluded.label, description = excluded.description, type = excluded.type,
      required = excluded.required, is_unique = excluded.is_unique, indexed = excluded.indexed,
      default_value = excluded.default_value, options = excluded.options, position = excluded.position,
      slot = excluded.slot, slot_state = excluded.slot_state`;
}

async function saveUniqueKeys(sql: TransactionSql, { uniqueKeys }: StoredRegistry): Promise<void> {
  const rows = json(sql, uniqueKeys);
  await sql`
    delete from formwork.unique_keys k where (k.entity_type, k.key) not in (
      select r."entityType", r.key from jsonb_to_recordset(${rows}) as r ("entityType" text, key text))`;
  await sql`
    insert into formwork.unique_keys (entity_type, key, fields, options, slot, slot_state, position)
    select r."entityType", r.key, r.fields, r.options, r.slot, r."slotState", r.position
    from jsonb_to_recordset(${rows}) as r (
      "entityType" text, key text, fields text[], options jsonb, slot text, "slotState" text, position int)
    on conflict (tenant_id, entity_type, key) do update set
      fields = excluded.fields, options = excluded.options, slot = excluded.slot, slot_state = excluded.slot_state,
      position = excluded.position`;
}

async function saveRoles(sql: TransactionSql, { roles = [] }: StoredRegistry): Promise<void> {
  const rows = json(
    sql,
    roles.map((role, position) => ({ ...role, position })),
  );
  await sql`
    delete from formwork.roles r where r.key not in (
      select n.key from jsonb_to_recordset(${rows}) as n (key text))`;
  await sql`
    insert into formwork.roles (key, label, description, position, permissions)
    select r.key, r.label, r.description, r.position, r.permissions
    from jsonb_to_recordset(${rows}) as r (key text, label text, description text, position int, permissions jsonb)
    on conflict (tenant_id, key) do update set
      label = excluded.label, description = excluded.description, position = excluded.position,
      permissions = excluded.permissions`;
}

/** Rows of a registry are JSON all through; their types say `unknown` where the designer may write anything. */
function json(sql: TransactionSql, rows: readonly object[]) {
  return sql.json(rows as unknown as Parameters<typeof sql.json>[0]);
}
