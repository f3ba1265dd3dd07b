export { type MutationField, type MutationForm, mutationForm } from './answer/mutation-form.ts';
export { type QueryForm, queryForm, type RootField } from './answer/query-form.ts';
export { buildGraphqlSchema } from './build-graphql-schema.ts';
export type { SchemaContext } from './context.ts';
export { inputOfFields } from './fields-of.ts';
export { type Introspection, introspect } from './introspect.ts';
export { printInSteps, printTenantSchema } from './print-tenant-schema.ts';
export { TenantSchema } from './tenant-schema.ts';
