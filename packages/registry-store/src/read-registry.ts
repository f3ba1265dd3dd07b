import { type Row, type Statement, sql, type TransactionSql } from '@formwork/pg';
import {
  inSteps,
  loadRegistryInSteps,
  type Registry,
  type Role,
  type Steps,
  type StoredEntityType,
  type StoredField,
  type StoredUniqueKey,
} from '@formwork/registry';
import { runStatement } from './run-statement.ts';

/** A tenant's registry as it was read, with the version that it is. */
export interface RegistrySnapshot {
  /** 0 before the first registry. */
  readonly version: number;
  /** Null before the first registry. */
  readonly registry: Registry | null;
}

/**
 * What reads the registry of the tenant that is set. One statement, because each statement sees the database at its
 * own moment: two could see the entities of one version and the fields of the next.
 */
export function registryStatements(): Statement[] {
  return [
    sql`
select t.registry_version,
  (select json_agg(json_build_object('storageKey', e.storage_key, 'key', e.key, 'plural', e.plural, 'label', e.label,
      'description', e.description, 'position', e.position, 'options', e.options, 'viewName', e.view_name))
    from formwork.entity_types e where e.tenant_id = t.id),
  (select json_agg(json_build_object('entityType', f.entity_type, 'storageKey', f.storage_key, 'key', f.key,
      'label', f.label, 'description', f.description, 'type', f.type, 'required', f.required,
      'isUnique', f.is_unique, 'indexed', f.indexed, 'defaultValue', f.default_value, 'options', f.options,
      'position', f.position, 'slot', f.slot, 'slotState', f.slot_state))
    from formwork.fields f where f.tenant_id = t.id),
  (select json_agg(json_build_object('entityType', k.entity_type, 'key', k.key, 'fields', k.fields,
      'options', k.options, 'slot', k.slot, 'slotState', k.slot_state, 'position', k.position))
    from formwork.unique_keys k where k.tenant_id = t.id),
  (select json_agg(json_build_object('key', r.key, 'label', r.label, 'description', r.description,
      'permissions', r.permissions) order by r.position)
    from formwork.roles r where r.tenant_id = t.id)
from formwork.tenants t
where t.id = formwork.current_tenant_id()`,
  ];
}

/** The registry out of the rows of `registryStatements`, in steps. Its version may be later than the one that a batch began with. */
export function* readSnapshotInSteps(results: readonly (readonly Row[])[]): Steps<RegistrySnapshot> {
  const [version = '0', entityTypes, fields, uniqueKeys, roles] = results[0]?.[0] ?? [];
  if (Number(version) === 0) return { version: 0, registry: null };
  const stored = {
    entityTypes: parseRows<StoredEntityType>(entityTypes),
    fields: parseRows<StoredField>(fields),
    uniqueKeys: parseRows<StoredUniqueKey>(uniqueKeys),
    roles: parseRows<Role>(roles),
  };
  yield;
  const registry = yield* loadRegistryInSteps(stored);
  return { version: Number(version), registry };
}

/** The registry of the transaction's tenant. */
export async function readCurrent(sql: TransactionSql): Promise<RegistrySnapshot> {
  const results: (readonly Row[])[] = [];
  for (const statement of registryStatements()) results.push(await runStatement(sql, statement));
  return inSteps(readSnapshotInSteps(results));
}

/** json_agg of no rows is null. */
function parseRows<Stored>(text: string | null | undefined): readonly Stored[] {
  return text == null ? [] : JSON.parse(text);
}
