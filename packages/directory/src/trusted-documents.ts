import type { ControlPlane, TransactionSql } from '@formwork/pg';
import { raiseAccessVersion } from './access-version.ts';
import {
  checkAlone,
  checkIds,
  checkRoom,
  customIds,
  type DocumentProblem,
  type Entry,
  type NewDocument,
} from './check-new-documents.ts';
import { type DocumentMode, documentModes, hashOfDocument, parseDocumentId } from './document-id.ts';
import { DirectoryError } from './errors.ts';
import { inTenant } from './in-tenant.ts';
import { quote } from './quote.ts';
import { findKnown, insertDocument, lockMode, measureDocuments } from './record-documents.ts';

export interface ListedDocument {
  readonly hash: string;
  readonly name: string;
  readonly document: string;
  readonly ids: readonly string[];
  /** Kept as a client sent it, rather than added. */
  readonly isRecorded: boolean;
  readonly recordedAt: Date;
  readonly recordedBy: string;
}

export interface TrustedDocumentsState {
  readonly mode: DocumentMode;
  readonly count: number;
}

export function readTrustedDocuments(
  control: ControlPlane,
  tenantId: string,
): Promise<TrustedDocumentsState> {
  return inTenant(control, tenantId, async (sql) => {
    const [tenant] = await sql<{ mode: DocumentMode }[]>`
      select document_mode as mode from formwork.tenants where id = ${tenantId}::uuid`;
    return { mode: tenant?.mode ?? 'off', count: (await measureDocuments(sql)).count };
  });
}

/** Documents by hash, those behind `after`. */
export function listTrustedDocuments(
  control: ControlPlane,
  tenantId: string,
  { first, after = '' }: { readonly first: number; readonly after?: string },
): Promise<readonly ListedDocument[]> {
  return inTenant(control, tenantId, async (sql) => [
    ...(await sql<ListedDocument[]>`
      select hash, name, document, is_recorded as "isRecorded", recorded_at as "recordedAt",
        recorded_by as "recordedBy",
        array(select i.id from formwork.trusted_document_ids i where i.hash = d.hash order by i.id) as ids
      from formwork.trusted_documents d where hash > ${after} order by hash limit ${first}`),
  ]);
}

/** Changes which documents may run, for every gateway from the next request on. True where it was otherwise before. */
export function setDocumentMode(
  control: ControlPlane,
  tenantId: string,
  mode: DocumentMode,
): Promise<boolean> {
  if (!documentModes.includes(mode)) {
    const known = documentModes.map((one) => `"${one}"`).join(', ');
    throw new DirectoryError('DOCUMENTS_INVALID', `There is no mode ${quote(mode)}. The modes are ${known}.`);
  }
  return inTenant(control, tenantId, async (sql) => {
    if ((await lockMode(sql, tenantId)) === mode) return false;
    await sql`update formwork.tenants set document_mode = ${mode} where id = ${tenantId}::uuid`;
    await raiseAccessVersion(sql, tenantId);
    return true;
  });
}

export interface AddOptions {
  readonly by: string;
  /** Documents of one tenant at most. */
  readonly limit: number;
}

export type AddOutcome =
  | { readonly added: number; readonly known: number; readonly problems: null }
  | { readonly problems: readonly DocumentProblem[] };

/** Trusts all of the documents or, while anything is wrong with one of them, none. Those that are known stay as they are. */
export function addTrustedDocuments(
  control: ControlPlane,
  tenantId: string,
  documents: readonly NewDocument[],
  { by, limit }: AddOptions,
): Promise<AddOutcome> {
  const wrong = documents.flatMap(checkAlone);
  if (wrong.length > 0) return Promise.resolve({ problems: wrong });
  return inTenant(control, tenantId, async (sql) => {
    await lockMode(sql, tenantId);
    const entries = documents.map((one) => ({ ...one, hash: hashOfDocument(one.document) }));
    const known = await findKnown(
      sql,
      entries.map(({ hash }) => hash),
    );
    const fresh = new Map(entries.flatMap((one) => (known.has(one.hash) ? [] : [[one.hash, one] as const])));
    const problems = [
      ...(await checkRoom(sql, [...fresh.values()], limit)),
      ...(await checkIds(sql, entries)),
    ];
    if (problems.length > 0) return { problems };
    for (const one of fresh.values()) await insertDocument(sql, { ...one, by, isRecorded: false });
    const named = await insertIds(sql, entries);
    if (fresh.size + named > 0) await raiseAccessVersion(sql, tenantId);
    return { added: fresh.size, known: documents.length - fresh.size, problems: null };
  });
}

/** Trusts these no longer, by hash or id. Gives those that were there. */
export function removeTrustedDocuments(
  control: ControlPlane,
  tenantId: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const parsed = ids.flatMap((id) => parseDocumentId(id) ?? []);
  const hashes = parsed.filter(({ isHash }) => isHash).map(({ text }) => text);
  const custom = parsed.filter(({ isHash }) => !isHash).map(({ text }) => text);
  return inTenant(control, tenantId, async (sql) => {
    await lockMode(sql, tenantId);
    const rows = await sql<{ hash: string }[]>`
      delete from formwork.trusted_documents where hash = any(${hashes}::text[])
        or hash in (select i.hash from formwork.trusted_document_ids i where i.id = any(${custom}::text[]))
      returning hash`;
    if (rows.length > 0) await raiseAccessVersion(sql, tenantId);
    return rows.map(({ hash }) => hash).sort();
  });
}

/** Removes all of them. Gives how many there were. */
export function clearTrustedDocuments(control: ControlPlane, tenantId: string): Promise<number> {
  return inTenant(control, tenantId, async (sql) => {
    await lockMode(sql, tenantId);
    const { count } = await sql`delete from formwork.trusted_documents`;
    if (count > 0) await raiseAccessVersion(sql, tenantId);
    return count;
  });
}

async function insertIds(sql: TransactionSql, entries: readonly Entry[]): Promise<number> {
  const named = customIds(entries);
  const { count } = await sql`
    insert into formwork.trusted_document_ids (id, hash)
    select * from unnest(${named.map(({ id }) => id)}::text[], ${named.map(({ hash }) => hash)}::text[])
    on conflict do nothing`;
  return count;
}
