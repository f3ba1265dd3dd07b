import type { Services } from '../services.ts';
import { wantsHtml } from './accept.ts';
import { applyCors } from './cors.ts';
import type { Exchange } from './exchange.ts';
import { type GraphqlEndpoint, serveGraphql } from './front.ts';
import type { GraphiqlPage } from './graphiql.ts';
import { serveEntitySchema } from './schema-text.ts';

export type Serve = (exchange: Exchange) => Promise<void>;

export interface Routes {
  readonly services: Services;
  readonly endpoints: ReadonlyMap<
    string,
    { readonly endpoint: GraphqlEndpoint; readonly page: GraphiqlPage }
  >;
  readonly others: ReadonlyMap<string, Serve>;
}

/** From a path to whoever answers it. */
export async function route(exchange: Exchange, { services, endpoints, others }: Routes): Promise<void> {
  applyCors(exchange, services.options.corsOrigins);
  const path = withoutSlash(exchange.path);
  const found = endpoints.get(path);
  if (found && exchange.method === 'OPTIONS') return exchange.send(preflight);
  if (found && isForBrowser(exchange, services)) return found.page.serve(exchange);
  if (found) return serveGraphql(exchange, services, found.endpoint);
  const serve = others.get(path);
  if (serve) return serve(exchange);
  const entity = /^\/schema\/([a-z][a-z0-9_]*)\.json$/.exec(path)?.[1];
  if (entity) return serveEntitySchema(exchange, services, entity);
  const known = [...endpoints.keys(), ...others.keys(), '/schema/<entity>.json'].filter((one) => one !== '/');
  const message = `There is nothing here. What there is: ${known.join(', ')}.`;
  exchange.sendJson(404, { errors: [{ message, extensions: { code: 'NOT_FOUND' } }] });
}

const preflight = { status: 204, headers: { allow: 'GET, POST, OPTIONS' }, body: '' };

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function isForBrowser({ method, request }: Exchange, { options }: Services): boolean {
  return options.graphiql && method === 'GET' && wantsHtml(request.headers.accept);
}
