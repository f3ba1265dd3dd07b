import type { ControlPlane } from '@formwork/pg';
import { raiseAccessVersion } from './access-version.ts';
import { assertLabel } from './assert-label.ts';
import { assertClaims, type Claims } from './claims.ts';
import { DirectoryError } from './errors.ts';
import { inTenant, isUuid } from './in-tenant.ts';
import { makeKey } from './key-text.ts';
import { quote } from './quote.ts';
import { assertRole } from './roles.ts';

export interface NewKey {
  /** One of `builtInRoles`, or of the tenant's registry. */
  readonly role: string;
  readonly label?: string;
  /** Absent or null: never. */
  readonly expiresAt?: Date | null;
  /** What row rules of the role compare. */
  readonly claims?: Claims;
}

export interface KeyRow {
  readonly id: string;
  readonly role: string;
  readonly label: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly claims: Claims;
}

/** Makes a key and gives its text, which is shown this once: only its hash is kept. */
export async function createKey(
  control: ControlPlane,
  tenantId: string,
  { role, label = '', expiresAt = null, claims = {} }: NewKey,
): Promise<{ readonly id: string; readonly key: string }> {
  assertLabel(label, 'label of a key', 'LABEL_INVALID');
  assertExpiry(expiresAt);
  assertClaims(claims);
  return inTenant(control, tenantId, async (sql) => {
    await assertRole(sql, role);
    const { slug } = await raiseAccessVersion(sql, tenantId);
    const { text, hash } = makeKey(slug);
    const [row] = await sql<{ id: string }[]>`
      insert into formwork.api_keys (hash, role, label, expires_at, claims)
      values (${hash}, ${role}, ${label}, ${expiresAt}, ${sql.json(claims as Parameters<typeof sql.json>[0])})
      returning id`;
    return { id: (row as { id: string }).id, key: text };
  });
}

/** All keys of a tenant, the revoked ones too, oldest first. */
export function listKeys(control: ControlPlane, tenantId: string): Promise<readonly KeyRow[]> {
  return inTenant(control, tenantId, async (sql) => [
    ...(await sql<KeyRow[]>`
        select id, role, label, created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt",
          last_used_at as "lastUsedAt", claims
        from formwork.api_keys order by id`),
  ]);
}

/** Ends a key. From then on no batch accepts it; revoking it again changes nothing. */
export async function revokeKey(control: ControlPlane, tenantId: string, keyId: string): Promise<void> {
  await inTenant(control, tenantId, async (sql) => {
    const rows = isUuid(keyId)
      ? await sql<{ revoked: boolean }[]>`
          select revoked_at is not null as revoked from formwork.api_keys where id = ${keyId}::uuid for update`
      : [];
    if (rows[0] === undefined) {
      throw new DirectoryError(
        'KEY_NOT_FOUND',
        `This tenant has no key ${quote(keyId)}. \`formwork key list\` shows the ids of its keys.`,
      );
    }
    if (rows[0].revoked) return;
    await sql`update formwork.api_keys set revoked_at = now() where id = ${keyId}::uuid`;
    await raiseAccessVersion(sql, tenantId);
  });
}

function assertExpiry(expiresAt: Date | null): void {
  if (expiresAt === null) return;
  if (!(expiresAt instanceof Date) || Number.isNaN(expiresAt.getTime())) {
    throw new DirectoryError('EXPIRY_INVALID', 'The expiry of a key must be a date.');
  }
  if (expiresAt.getTime() <= Date.now()) {
    throw new DirectoryError(
      'EXPIRY_INVALID',
      `The key would have expired before it is made: ${expiresAt.toISOString()} is in the past.`,
    );
  }
}
