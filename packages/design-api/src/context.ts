import type { RecordedUse, RegistryStore } from '@formwork/registry-store';
import type { ApiBuilder } from './api-changes.ts';
import type { DocumentStore } from './trusted-documents/document-store.ts';

/** What resolvers find in the context; the gateway makes it for each request. */
export interface DesignContext {
  readonly tenantId: string;
  /** Who asks, as the history tells it: "key:<id>". */
  readonly actor: string;
  readonly store: RegistryStore;
  /** Of the tenant. */
  readonly documents: DocumentStore;
  /** Who used what of the design lately; read once for a request, and when it is asked for. */
  readonly usage: () => Promise<readonly RecordedUse[]>;
  /** Makes the tenants' GraphQL schemas, to be compared. */
  readonly api: ApiBuilder;
}
