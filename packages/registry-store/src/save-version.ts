import type { TransactionSql } from '@formwork/pg';
import { type Registry, type RegistryChange, storageNamesOf, toDocument } from '@formwork/registry';
import { newStorageKeys, readRetiredKeys } from './retired-keys.ts';

/** NOTIFY channel: a registry was changed. Payload: `{"tenant": "<uuid>", "version": <registry version>}`. */
export const registryChannel = 'formwork_registry';

/** Sentences that one version keeps of what it did: more than that nobody reads. */
const longestSummary = 500;

/** Raises the version, writes the history and tells the gateways, who hear of it at commit. */
export async function saveVersion(
  sql: TransactionSql,
  tenantId: string,
  registry: Registry,
  { appliedBy, summary }: { readonly appliedBy: string; readonly summary: readonly RegistryChange[] },
): Promise<number> {
  const { apiShape, planShape } = registry;
  const changes = newStorageKeys(await readRetiredKeys(sql), registry);
  const [row] = await sql<{ version: number }[]>`
    update formwork.tenants
    set registry_version = registry_version + 1, api_shape = ${apiShape}, plan_shape = ${planShape}
    where id = ${tenantId}::uuid returning registry_version as version`;
  const sentences = summary
    .slice(0, longestSummary)
    .map(({ kind, what, name, message }) => ({ kind, what, name, message }));
  const { version } = row as { version: number };
  await sql`
    insert into formwork.registry_versions (version, document, changes, summary, storage, applied_by)
    values (${version}, ${JSON.stringify(toDocument(registry))}::text::jsonb, ${JSON.stringify(changes)}::text::jsonb,
      ${JSON.stringify(sentences)}::text::jsonb, ${JSON.stringify(storageNamesOf(registry))}::text::jsonb,
      ${appliedBy})`;
  await sql`select pg_notify(${registryChannel}, ${JSON.stringify({ tenant: tenantId, version })})`;
  return version;
}
