import { type BatchOptions, type DataPlane, reusingPlan, sql } from '@formwork/pg';
import type { DocumentId } from './document-id.ts';

export interface FoundDocument {
  /** Null: the tenant trusts no document of that name. */
  readonly text: string | null;
  /** As the same batch saw it. */
  readonly accessVersion: number;
}

/** A trusted document of the tenant, under its policy: what others trust is not there. */
export async function findDocument(
  dataPlane: DataPlane,
  tenantId: string,
  id: DocumentId,
  options: BatchOptions,
): Promise<FoundDocument> {
  const statement = id.isHash
    ? sql`select document from formwork.trusted_documents where hash = ${id.text}`
    : sql`select d.document from formwork.trusted_document_ids i
        join formwork.trusted_documents d on d.tenant_id = i.tenant_id and d.hash = i.hash where i.id = ${id.text}`;
  const { results, versions } = await dataPlane.read(tenantId, [reusingPlan(statement)], options);
  const [rows] = results;
  if (rows === undefined || rows instanceof Error) throw rows ?? new Error('there is no answer');
  return { text: rows[0]?.[0] ?? null, accessVersion: versions.access };
}
