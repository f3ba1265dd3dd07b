import type { DocumentStore } from '@formwork/design-api';
import {
  addTrustedDocuments,
  type Caller,
  listTrustedDocuments,
  readTrustedDocuments,
  removeTrustedDocuments,
  setDocumentMode,
} from '@formwork/directory';
import type { ControlPlane } from '@formwork/pg';
import type { GatewayOptions } from '../config.ts';

/** The trusted documents of the caller's tenant. What is added bears the caller's name. */
export function documentStoreOf(
  control: ControlPlane,
  { tenant, subject }: Caller,
  { trustedDocuments: limit, maxDocument, maxTokens }: GatewayOptions,
): DocumentStore {
  return {
    limit,
    largest: { maxDocument, maxTokens },
    read: () => readTrustedDocuments(control, tenant.id),
    list: (page) => listTrustedDocuments(control, tenant.id, page),
    setMode: (mode) => setDocumentMode(control, tenant.id, mode),
    add: (documents) => addTrustedDocuments(control, tenant.id, documents, { by: subject, limit }),
    remove: (ids) => removeTrustedDocuments(control, tenant.id, ids),
  };
}
