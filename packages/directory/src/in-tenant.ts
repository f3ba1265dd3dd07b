import { type ControlPlane, DatabaseError, type TransactionSql } from '@formwork/pg';
import { DirectoryError } from './errors.ts';
import { quote } from './quote.ts';

/** One transaction of a tenant. Throws TENANT_NOT_FOUND for an id that is nobody's. */
export async function inTenant<T>(
  control: ControlPlane,
  tenantId: string,
  work: (sql: TransactionSql) => Promise<T>,
): Promise<T> {
  const unknown = new DirectoryError(
    'TENANT_NOT_FOUND',
    `There is no tenant with the id ${quote(tenantId)}. \`formwork tenant list\` shows the tenants.`,
  );
  if (!isUuid(tenantId)) throw unknown;
  try {
    return await control.withTenant(tenantId, work);
  } catch (error) {
    throw error instanceof DatabaseError && error.sqlstate === 'FW002' ? unknown : error;
  }
}

export function isUuid(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
