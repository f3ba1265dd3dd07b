import postgres, { type TransactionSql } from 'postgres';
import { arrayTypes } from './array-types.ts';
import { beginGuarded } from './begin-guarded.ts';
import { toDatabaseError } from './errors.ts';

export type { TransactionSql } from 'postgres';

/**
 * The control plane: registry changes, jobs and notifications, as formwork_designer. Transactions only; within `work`
 * errors are the driver's (`toDatabaseError` reads them), outside they are DatabaseErrors.
 */
export interface ControlPlane {
  /** One transaction of one tenant: the setting is made before `work` begins. SQLSTATE FW002 without such a tenant. */
  withTenant<T>(tenantId: string, work: (sql: TransactionSql) => Promise<T>): Promise<T>;
  /** One transaction without a tenant: sees the control tables; any table with a policy is an error. */
  control<T>(work: (sql: TransactionSql) => Promise<T>): Promise<T>;
  /**
   * Hears the payloads of a channel on a connection of its own. `onReconnect` is called after that connection was
   * lost and made again: what was notified meanwhile is lost.
   */
  listen(
    channel: string,
    onPayload: (payload: string) => void,
    onReconnect: () => void,
  ): Promise<{ close(): void }>;
  /** What is under way has a second to end: a server that has died or stands still would be waited for without end. */
  close(): Promise<void>;
}

export interface ControlPlaneOptions {
  /** Of formwork_designer. */
  readonly url: string;
  /** Connections at most (4), the one that listens not counted. */
  readonly max?: number;
}

/** Opens the control plane. Connections are made when they are needed. */
export function connectControlPlane({ url, max = 4 }: ControlPlaneOptions): ControlPlane {
  const sql = postgres(url, {
    max,
    idle_timeout: 60,
    connect_timeout: 10,
    // Not up to 20 s, as by itself: whoever waits for a server that is back, or for us to stop, would wait as long.
    backoff: (attempt: number) => Math.min(2, 3 ** attempt / 100) * (0.5 + Math.random() / 2),
    onnotice: () => {},
    fetch_types: false,
    types: arrayTypes,
    connection: { application_name: 'formwork control' },
  });
  return {
    withTenant: (tenantId, work) =>
      inTransaction(sql, async (transaction) => {
        await transaction`select formwork.begin_read(${tenantId}::uuid)`;
        return work(transaction);
      }),
    control: (work) => inTransaction(sql, work),
    listen: (channel, onPayload, onReconnect) => listen(sql, channel, onPayload, onReconnect),
    close: () => sql.end({ timeout: 1 }),
  };
}

async function inTransaction<T>(
  sql: postgres.Sql,
  work: (transaction: TransactionSql) => Promise<T>,
): Promise<T> {
  try {
    return await beginGuarded(sql, '', work);
  } catch (error) {
    throw isDriverError(error) ? toDatabaseError(error) : error;
  }
}

async function listen(
  sql: postgres.Sql,
  channel: string,
  onPayload: (payload: string) => void,
  onReconnect: () => void,
): Promise<{ close(): void }> {
  let isFirst = true;
  try {
    const { unlisten } = await sql.listen(channel, onPayload, () => {
      if (!isFirst) onReconnect();
      isFirst = false;
    });
    // Nothing is heard from here on. The server, which may be gone, hears of it when it can.
    return { close: () => void unlisten().catch(() => {}) };
  } catch (error) {
    throw isDriverError(error) ? toDatabaseError(error) : error;
  }
}

/** postgres.js marks the server's errors by class, and its own and Node's by a code in capitals. */
function isDriverError(error: unknown): boolean {
  if (error instanceof postgres.PostgresError) return true;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^(CONNECTION_|CONNECT_TIMEOUT$|E[A-Z]+$)/.test(code);
}
