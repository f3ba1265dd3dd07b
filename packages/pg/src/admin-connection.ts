import pg from 'pg';
import { SetupError, toDatabaseError } from './errors.ts';

/** A client that no tenant scopes: for setting up, and for tests that show what exists. */
export type AdminClient = pg.Client;

/** Lends a connection of the administrator to `work`, for setting up and for tests. */
export async function withAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'formwork setup',
    connectionTimeoutMillis: 10_000,
  });
  // A connection that breaks fails the query that waits; without this it would end the process too.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    throw unreachable(url, error);
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

function unreachable(url: string, cause: unknown): SetupError {
  const { message, sqlstate } = toDatabaseError(cause);
  const wayOut: Readonly<Record<string, string>> = {
    '28P01': 'Check user and password in DATABASE_URL',
    '28000': 'Check user and password in DATABASE_URL',
    '3D000': 'Create the database first, or name another one in DATABASE_URL',
  };
  return new SetupError(
    `Postgres at ${withoutPassword(url)} does not let us in: ${message}. ` +
      (wayOut[sqlstate ?? ''] ?? 'Check that it runs there, and that DATABASE_URL is right'),
    { cause },
  );
}

/** A connection URL as it may be shown. */
export function withoutPassword(url: string): string {
  try {
    const { username, host, pathname } = new URL(url);
    return `postgres://${username}@${host}${pathname}`;
  } catch {
    return 'DATABASE_URL';
  }
}
