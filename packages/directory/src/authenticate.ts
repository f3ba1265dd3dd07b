import { timingSafeEqual } from 'node:crypto';
import { type DataPlane, type Row, sql } from '@formwork/pg';
import type { Claims } from './claims.ts';
import type { DocumentMode } from './document-id.ts';
import { hashOf, parseKey } from './key-text.ts';
import { isSlug } from './slug.ts';
import type { TenantRow } from './tenants.ts';

/** Who speaks: what an API key or a token stands for, as the database had it at `tenant.accessVersion`. */
export interface Caller {
  readonly tenant: TenantRow;
  readonly role: string;
  /** Null for the bearer of a token. */
  readonly keyId: string | null;
  /** As records and histories name whoever it was: "key:<id>", "user:<subject of the token>". */
  readonly subject: string;
  /** What is known of whoever asks; row rules of the role compare it. */
  readonly claims: Claims;
  /** What of the tenant's design somebody is about to take away. */
  readonly closing: readonly ClosingMark[];
  /** When the key or token ends by itself; null: never. Whoever remembers a caller has to mind it. */
  readonly expiresAt: Date | null;
}

/** A mark of formwork.closings: storage keys, and the key of a name; null: all names. */
export interface ClosingMark {
  readonly id: string;
  readonly entityType: string;
  /** Empty: the entity itself. */
  readonly field: string;
  readonly name: string | null;
}

/** What an unknown key is compared with, so that it takes the same steps as a known one. */
const nobody = Buffer.alloc(32);

/**
 * The caller that a key stands for, or null: for text that is no key, an unknown tenant, and a key that is unknown,
 * revoked or expired. All but the first cost the same one round trip, and the hash is looked up under the policy of
 * the tenant that the key names. Throws only when the database cannot answer.
 */
export async function authenticate(dataPlane: DataPlane, keyText: unknown): Promise<Caller | null> {
  const parsed = parseKey(keyText);
  if (parsed === null) return null;
  const hash = hashOf(parsed.secret);
  const { results, versions } = await dataPlane.readAs(parsed.slug, [
    tenantOf(parsed.slug),
    sql`select id, encode(hash, 'hex'), role, extract(epoch from expires_at) * 1000, revoked_at, claims
      from formwork.api_keys
      where hash = decode(${hash.toString('hex')}, 'hex') and (expires_at is null or expires_at > now())`,
  ]);
  const [tenant, key] = results.map(onlyRow);
  const found = key?.[1] ? Buffer.from(key[1], 'hex') : nobody;
  const isSame = timingSafeEqual(found, hash);
  const isRevoked = (key?.[4] ?? null) !== null;
  if (!isSame || isRevoked || !tenant || !key) return null;
  return {
    ...ofTenant(tenant, versions.access),
    role: key[2] as string,
    keyId: key[0] as string,
    subject: `key:${key[0]}`,
    claims: JSON.parse(key[5] ?? '{}') as Claims,
    expiresAt: key[3] == null ? null : new Date(Number(key[3])),
  };
}

/** The tenant that a verified token names, or null for a slug that is nobody's. Costs the same round trip as a key. */
export async function findTenantOfToken(
  dataPlane: DataPlane,
  slug: string,
): Promise<Pick<Caller, 'tenant' | 'closing'> | null> {
  if (!isSlug(slug)) return null;
  const { results, versions } = await dataPlane.readAs(slug, [tenantOf(slug)]);
  const tenant = onlyRow(results[0] as readonly Row[] | Error);
  return tenant === undefined ? null : ofTenant(tenant, versions.access);
}

/** Notes that a key was used, at most once a minute: a write for each request would cost more than the request. */
export async function touchKey(dataPlane: DataPlane, tenantId: string, keyId: string): Promise<void> {
  // Not a write of records, so it needs no fence and can go as one message.
  const { results } = await dataPlane.read(tenantId, [
    sql`update formwork.api_keys set last_used_at = now()
      where id = ${keyId}::uuid and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
  ]);
  onlyRow(results[0] as readonly Row[] | Error);
}

function tenantOf(slug: string) {
  return sql`select id, number, slug, name, registry_version, api_shape, plan_shape, document_mode,
      (select json_agg(json_build_object('id', c.id, 'entityType', c.entity_type, 'field', c.field, 'name', c.name))
        from formwork.closings c)
    from formwork.tenants where slug = ${slug}`;
}

function ofTenant(row: Row, accessVersion: number): Pick<Caller, 'tenant' | 'closing'> {
  return {
    tenant: toTenant(row, accessVersion),
    closing: JSON.parse(row[8] ?? '[]') as readonly ClosingMark[],
  };
}

function onlyRow(result: readonly Row[] | Error): Row | undefined {
  if (result instanceof Error) throw result;
  return result[0];
}

/** The access version is the one that was read before the key was: should it be older, the key is only checked again. */
function toTenant(
  [id, number, slug, name, registryVersion, apiShape, planShape, documentMode]: Row,
  accessVersion: number,
): TenantRow {
  return {
    id: id as string,
    number: Number(number),
    slug: slug as string,
    name: name as string,
    registryVersion: Number(registryVersion),
    accessVersion,
    apiShape: apiShape ?? null,
    planShape: planShape ?? null,
    documentMode: documentMode as DocumentMode,
  };
}
