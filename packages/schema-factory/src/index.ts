export { buildGraphqlSchema } from './build-graphql-schema.ts';
export type { SchemaContext } from './context.ts';
export { printTenantSchema } from './print-tenant-schema.ts';
