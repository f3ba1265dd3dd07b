import type { BulkRecords, LifeCycleRecords, Records } from '@formwork/records';

/** What resolvers find in the context. The gateway makes it for each request; the schema itself knows no tenant. */
export interface SchemaContext {
  readonly records: Records & BulkRecords & LifeCycleRecords;
}
