import type { TransactionSql } from '@formwork/pg';
import type { Problem, Registry } from '@formwork/registry';
import type { ChangeRequest } from '../change-request.ts';
import { findContracts, isUseOf } from './contracts.ts';
import { readUses } from './read-usage.ts';
import type { RecordedUse } from './use.ts';

/** Days for which nobody may have used what is to go. */
export const defaultUsageWindow = 30;

/** How many clients a problem names. */
const mostNamed = 5;

/** What the request takes away and somebody has used within the last so many days. */
export async function findInUse(
  sql: TransactionSql,
  current: Registry | null,
  request: ChangeRequest,
  days: number,
): Promise<readonly Problem[]> {
  const contracts = findContracts(current, request);
  if (contracts.length === 0) return [];
  const uses = await readUses(sql, days);
  return contracts.flatMap(({ path, what, thing }) => {
    const found = uses.filter((use) => isUseOf(thing, use));
    return found.length === 0 ? [] : [{ code: 'IN_USE', path, message: tellUses(what, found, days) }];
  });
}

function tellUses(what: string, uses: readonly RecordedUse[], days: number): string {
  const named = uses.slice(0, mostNamed).map(tellUse).join('; ');
  const more = uses.length > mostNamed ? `; and ${uses.length - mostNamed} more` : '';
  return (
    `${what} was used within the last ${days} ${days === 1 ? 'day' : 'days'}: ${named}${more}. ` +
    'Wait until its last users have left, or say "force": true.'
  );
}

function tellUse({ client, clientVersion, operation, ways, lastUsedAt }: RecordedUse): string {
  const who = `"${client || 'unknown'}"${clientVersion && ` ${JSON.stringify(clientVersion)}`}`;
  const what = operation === '' ? 'an operation without a name' : `operation "${operation}"`;
  return `${who} in ${what} (${ways.join(', ')}), last at ${lastUsedAt.toISOString()}`;
}
