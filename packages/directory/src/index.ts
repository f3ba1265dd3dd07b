export { accessChannel } from './access-version.ts';
export { authenticate, type Caller, type ClosingMark, findTenantOfToken, touchKey } from './authenticate.ts';
export type { DocumentProblem, NewDocument } from './check-new-documents.ts';
export { type Claim, type Claims, isUsableClaim } from './claims.ts';
export {
  type DocumentId,
  type DocumentMode,
  documentModes,
  hashOfDocument,
  parseDocumentId,
} from './document-id.ts';
export { DirectoryError, type DirectoryErrorCode } from './errors.ts';
export { findDocument } from './find-document.ts';
export { type ParsedKey, parseKey } from './key-text.ts';
export { createKey, type KeyRow, listKeys, type NewKey, revokeKey } from './keys.ts';
export { type RecordedDocument, type RecordOutcome, recordDocuments } from './record-documents.ts';
export { readTenantSizes, type TenantSize } from './tenant-sizes.ts';
export { createTenant, findTenant, listTenants, type NewTenant, type TenantRow } from './tenants.ts';
export {
  addTrustedDocuments,
  clearTrustedDocuments,
  type ListedDocument,
  listTrustedDocuments,
  readTrustedDocuments,
  removeTrustedDocuments,
  setDocumentMode,
  type TrustedDocumentsState,
} from './trusted-documents.ts';
export { type ApartFinding, type ApartOutcome, verifyApart } from './verify-apart.ts';
