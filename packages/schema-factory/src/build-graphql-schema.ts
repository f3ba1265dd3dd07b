import type { Registry } from '@formwork/registry';
import { serveAliases } from './served-registry.ts';
import { TenantSchema } from './tenant-schema.ts';

/**
 * The GraphQL schema of a registry. It is made of what the SDL shows and of nothing else, so all registries of one API
 * shape can share it; resolvers find the tenant's records in the context (see {@link SchemaContext}).
 *
 * Not validated when it is used: the registry has checked every name, and tests validate what is built here.
 */
export function buildGraphqlSchema(registry: Registry): TenantSchema {
  return new TenantSchema(serveAliases(registry));
}
