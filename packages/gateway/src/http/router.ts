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
export async function route(exchange: Exchange, routes: Routes): Promise<void> {
  const { services, endpoints } = routes;
  applyCors(exchange, services.options.corsOrigins);
  const path = withoutSlash(exchange.path);
  const found = endpoints.get(path);
  if (found === undefined) return answerOther(exchange, routes, path);
  if (exchange.method === 'OPTIONS') return exchange.send(preflight.endpoint);
  if (isForBrowser(exchange, services)) return found.page.serve(exchange);
  return serveGraphql(exchange, services, found.endpoint);
}

async function answerOther(
  exchange: Exchange,
  { services, endpoints, others }: Routes,
  path: string,
): Promise<void> {
  const entity = /^\/schema\/([a-z][a-z0-9_]*)\.json$/.exec(path)?.[1];
  const serve = others.get(path) ?? (entity && ((one: Exchange) => serveEntitySchema(one, services, entity)));
  if (serve) return exchange.method === 'OPTIONS' ? exchange.send(preflight.text) : serve(exchange);
  const known = [...endpoints.keys(), ...others.keys(), '/schema/<entity>.json'].filter((one) => one !== '/');
  const message = `There is nothing here. What there is: ${known.join(', ')}.`;
  exchange.sendJson(404, { errors: [{ message, extensions: { code: 'NOT_FOUND' } }] });
}

/** What browsers ask before they send a key to another origin. */
const preflight = {
  endpoint: { status: 204, headers: { allow: 'GET, POST, OPTIONS' }, body: '' },
  text: { status: 204, headers: { allow: 'GET, HEAD, OPTIONS' }, body: '' },
};

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function isForBrowser({ method, request }: Exchange, { options }: Services): boolean {
  return options.graphiql && method === 'GET' && wantsHtml(request.headers.accept);
}
