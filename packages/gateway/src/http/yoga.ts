import { GraphQLError } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from '../log.ts';
import { toRequestError } from '../present-errors.ts';
import type { LaneContext } from './lane.ts';
import { useOperation } from './use-operation.ts';

export type Yoga = YogaServerInstance<LaneContext, LaneContext>;

export interface YogaOptions {
  readonly path: string;
  readonly title: string;
  readonly graphiql: boolean;
  readonly log: Logger;
}

/** yoga behind our front. What it could do of itself and the front does already is off. */
export function createGatewayYoga({ path, title, graphiql, log }: YogaOptions): Yoga {
  return createYoga<LaneContext, LaneContext>({
    graphqlEndpoint: path,
    plugins: [useOperation()],
    parserAndValidationCache: false,
    multipart: false,
    batching: false,
    cors: false,
    landingPage: false,
    maxRequestBodySize: false,
    logging: false,
    graphiql: graphiql && {
      title,
      headers: '{\n  "authorization": "Bearer "\n}',
      shouldPersistHeaders: false,
      defaultQuery: '# Put an API key behind "Bearer" under "Headers" below, then ask.\n{\n  __typename\n}\n',
    },
    // Nine megabytes, with everything inside: read when somebody looks at it, and then without the internet.
    renderGraphiQL: async (options) =>
      (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options),
    maskedErrors: {
      maskError: (error) => (error instanceof GraphQLError ? error : toRequestError(error, log)),
    },
  });
}
