import type { AggregateRecords, Records } from '@formwork/records';

/** What resolvers find in the context. The gateway makes it for each request; the schema itself knows no tenant. */
export interface SchemaContext {
  /** Those for aggregates are asked only by a schema that was built with them. */
  readonly records: Records & AggregateRecords;
}
