import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import './scalars.ts';
import './query.ts';
import './mutation.ts';
import './jobs/operations.ts';
import './trusted-documents/operations.ts';

/** The schema of `/design`: the same for all tenants. Its resolvers want a {@link DesignContext}. */
export const designSchema: GraphQLSchema = builder.toSchema({ sortSchema: false });
