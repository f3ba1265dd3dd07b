import type { ControlPlane, TransactionSql } from '@formwork/pg';
import { type DocumentMode, hashOfDocument } from './document-id.ts';
import { inTenant } from './in-tenant.ts';

/** A document that a client sent while the tenant records. */
export interface RecordedDocument {
  readonly document: string;
  readonly name: string;
  /** Who sent it first: "key:<id>". */
  readonly by: string;
}

export interface RecordOutcome {
  readonly recorded: number;
  /** There was no room for some of them. */
  readonly isFull: boolean;
}

/** Characters of a tenant's trusted documents together: what clients send must not fill the disk. */
export const mostCharacters = 20_000_000;

/**
 * Keeps what clients have sent, where the tenant still records: the mode is read under a lock, so that nothing which was
 * sent before "enforce" comes to be trusted after it. Texts that are known change nothing.
 */
export function recordDocuments(
  control: ControlPlane,
  tenantId: string,
  documents: readonly RecordedDocument[],
  limit: number,
): Promise<RecordOutcome> {
  return inTenant(control, tenantId, async (sql) => {
    if ((await lockMode(sql, tenantId)) !== 'record') return { recorded: 0, isFull: false };
    let { count, characters } = await measureDocuments(sql);
    const hashes = documents.map(({ document }) => hashOfDocument(document));
    const known = await findKnown(sql, hashes);
    let recorded = 0;
    let isFull = false;
    for (const [index, { document, name, by }] of documents.entries()) {
      const hash = hashes[index] as string;
      if (known.has(hash)) continue;
      if (count + 1 > limit || characters + document.length > mostCharacters) {
        isFull = true;
        continue;
      }
      await insertDocument(sql, { hash, document, name, by, isRecorded: true });
      known.add(hash);
      count += 1;
      characters += document.length;
      recorded += 1;
    }
    return { recorded, isFull };
  });
}

/** Held to the end: whoever changes the mode, or records at once with us, waits. */
export async function lockMode(sql: TransactionSql, tenantId: string): Promise<DocumentMode> {
  const [tenant] = await sql<{ mode: DocumentMode }[]>`
    select document_mode as mode from formwork.tenants where id = ${tenantId}::uuid for no key update`;
  return tenant?.mode ?? 'off';
}

export async function measureDocuments(
  sql: TransactionSql,
): Promise<{ readonly count: number; readonly characters: number }> {
  const [sums] = await sql<{ count: number; characters: number }[]>`
    select count(*)::float8 as count, coalesce(sum(length(document)), 0)::float8 as characters
    from formwork.trusted_documents`;
  return sums ?? { count: 0, characters: 0 };
}

export async function findKnown(sql: TransactionSql, hashes: readonly string[]): Promise<Set<string>> {
  const rows = await sql<{ hash: string }[]>`
    select hash from formwork.trusted_documents where hash = any(${[...hashes]}::text[])`;
  return new Set(rows.map(({ hash }) => hash));
}

interface DocumentRow extends RecordedDocument {
  readonly hash: string;
  readonly isRecorded: boolean;
}

export async function insertDocument(
  sql: TransactionSql,
  { hash, document, name, by, isRecorded }: DocumentRow,
): Promise<void> {
  await sql`
    insert into formwork.trusted_documents (hash, document, name, recorded_by, is_recorded)
    values (${hash}, ${document}, ${name.slice(0, 200)}, ${by.slice(0, 300)}, ${isRecorded})`;
}
