import type { TransactionSql } from '@formwork/pg';
import type { Problem } from '@formwork/registry';
import { type Contract, isUseOf } from './contracts.ts';
import { readUses } from './read-usage.ts';
import type { RecordedUse } from './use.ts';

/** Days for which nobody may have used what is to go. */
export const defaultUsageWindow = 30;

/** How many clients a problem names. */
const mostNamed = 5;

/** What is taken away and somebody has used within the last so many days. */
export async function findInUse(
  sql: TransactionSql,
  contracts: readonly Contract[],
  days: number,
): Promise<readonly Problem[]> {
  if (contracts.length === 0) return [];
  const uses = await readUses(sql, days);
  return contracts.flatMap(({ path, what, thing }) => {
    const found = uses.filter((use) => isUseOf(thing, use));
    if (found.length === 0) return [];
    // A document has no place for it.
    const force = path.startsWith('entities') ? '"force": true (or --force)' : '"force": true';
    return [{ code: 'IN_USE', path, message: `${tellUses(what, found, days)}, or say ${force}.` }];
  });
}

function tellUses(what: string, uses: readonly RecordedUse[], days: number): string {
  const named = uses.slice(0, mostNamed).map(tellUse).join('; ');
  const more = uses.length > mostNamed ? `; and ${uses.length - mostNamed} more` : '';
  return (
    `${what} was used within the last ${days} ${days === 1 ? 'day' : 'days'}: ${named}${more}. ` +
    'Wait until its last users have left'
  );
}

/** Who, in what, how and when last. */
export function tellUse({ client, clientVersion, operation, ways, lastUsedAt }: RecordedUse): string {
  const who = `"${client || 'unknown'}"${clientVersion && ` ${JSON.stringify(clientVersion)}`}`;
  const what = operation === '' ? 'an operation without a name' : `operation "${operation}"`;
  return `${who} in ${what} (${ways.join(', ')}), last at ${lastUsedAt.toISOString()}`;
}
