import type { Metrics } from '../metrics.ts';
import { wantsHtml } from './accept.ts';
import type { Exchange } from './exchange.ts';
import type { Serve } from './router.ts';

/** The process is up. */
export const serveHealth: Serve = async (exchange) => exchange.sendJson(200, { status: 'ok' });

/** Postgres answers and has our tables; until then a balancer sends requests elsewhere. */
export function serveReadiness(check: () => Promise<unknown>): Serve {
  return async (exchange) => {
    try {
      await check();
      exchange.sendJson(200, { status: 'ready' });
    } catch (error) {
      exchange.log.warn({ err: error }, 'not ready');
      exchange.sendJson(503, {
        status: 'unavailable',
        reason: 'Postgres does not answer, or is not migrated.',
      });
    }
  };
}

export function serveMetrics(metrics: Metrics): Serve {
  return async (exchange) =>
    exchange.send({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: metrics.print(),
    });
}

/** `/`: a browser goes on to GraphiQL, everybody else is told what there is. */
export async function serveRoot(exchange: Exchange): Promise<void> {
  if (wantsHtml(exchange.request.headers.accept)) {
    exchange.send({ status: 302, headers: { location: '/graphql' }, body: '' });
    return;
  }
  exchange.sendJson(200, {
    graphql: '/graphql',
    design: '/design',
    schema: '/schema.graphql',
    health: '/healthz',
  });
}
