import postgres, { type TransactionSql } from 'postgres';
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
  ): Promise<{ close(): Promise<void> }>;
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
    onnotice: () => {},
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
    close: () => sql.end({ timeout: 5 }),
  };
}

async function inTransaction<T>(
  sql: postgres.Sql,
  work: (transaction: TransactionSql) => Promise<T>,
): Promise<T> {
  try {
    // Wrapped, because postgres.js awaits the elements of an array that work resolves with.
    const { value } = await sql.begin(async (transaction) => ({ value: await work(transaction) }));
    return value as T;
  } catch (error) {
    throw isDriverError(error) ? toDatabaseError(error) : error;
  }
}

async function listen(
  sql: postgres.Sql,
  channel: string,
  onPayload: (payload: string) => void,
  onReconnect: () => void,
): Promise<{ close(): Promise<void> }> {
  let isFirst = true;
  try {
    const { unlisten } = await sql.listen(channel, onPayload, () => {
      if (!isFirst) onReconnect();
      isFirst = false;
    });
    return { close: unlisten };
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
