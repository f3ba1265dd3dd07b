import { createHmac, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { alterRoles } from './alter-roles.ts';
import { SetupError } from './errors.ts';
import { scramVerifier } from './scram.ts';
import { literal } from './sql-text.ts';

/**
 * Passwords are derived from a key of the cluster, so that several databases of one cluster, each with its own
 * Formwork, agree on them without having met. The key is the verifier of a password that nobody knows: that of
 * formwork_owner, who cannot log in. Superusers alone can read it; for others `secret` stands in.
 */
export function passwordDeriver(
  admin: pg.Client,
  secret: string | undefined,
): (role: string) => Promise<string> {
  let key: Promise<string> | undefined;
  return async (role) => {
    key ??= clusterKey(admin, secret);
    return createHmac('sha256', await key)
      .update(role)
      .digest('base64url');
  };
}

async function clusterKey(admin: pg.Client, secret: string | undefined): Promise<string> {
  const { rows } = await admin.query<{ readable: boolean }>(
    "select has_table_privilege('pg_catalog.pg_authid', 'select') as readable",
  );
  if (rows[0]?.readable !== true) {
    if (secret !== undefined) return secret;
    throw new SetupError(
      'The role of DATABASE_URL is no superuser, so the passwords of formwork_gateway and formwork_designer cannot be ' +
        'kept in the cluster. Set FORMWORK_SECRET, from which they are derived then, or set FORMWORK_GATEWAY_URL and ' +
        'FORMWORK_DESIGNER_URL',
    );
  }
  return (await readVerifier(admin)) ?? makeVerifier(admin);
}

async function readVerifier(admin: pg.Client): Promise<string | null> {
  const { rows } = await admin.query<{ verifier: string | null }>(
    "select rolpassword as verifier from pg_catalog.pg_authid where rolname = 'formwork_owner'",
  );
  return rows[0]?.verifier ?? null;
}

async function makeVerifier(admin: pg.Client): Promise<string> {
  let verifier: string | null = null;
  await alterRoles(admin, async () => {
    // The second look is under the lock: another process may have been faster.
    verifier = await readVerifier(admin);
    if (verifier !== null) return;
    verifier = scramVerifier(randomBytes(32).toString('base64url'));
    await admin.query(`alter role formwork_owner password ${literal(verifier)}`);
  });
  if (verifier === null) throw new SetupError('The key of the cluster could not be made');
  return verifier;
}
