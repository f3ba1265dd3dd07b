export { type AffectedUse, findAffectedUses } from './affected-uses.ts';
export {
  type ApiBuilder,
  type ApiChange,
  emptyRegistry,
  findApiChanges,
  type Level,
  levelOf,
} from './api-changes.ts';
export type { DesignContext } from './context.ts';
export { designSchema } from './design-schema.ts';
export { type BrokenDocument, findBrokenDocuments } from './trusted-documents/broken-documents.ts';
export { type CheckedDocuments, checkDocuments } from './trusted-documents/check-documents.ts';
export type {
  DocumentStore,
  GivenDocument,
  LargestDocument,
  NamedDocument,
} from './trusted-documents/document-store.ts';
export { unifiedDiff } from './unified-diff.ts';
