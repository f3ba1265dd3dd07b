import type { Exchange } from './exchange.ts';

/**
 * Cross-origin calls, for the origins in the settings: none unless somebody says so. Without it no page of another
 * origin can send a key or JSON here, because both need a preflight; there are no cookies to ride on.
 */
export function applyCors(exchange: Exchange, origins: readonly string[]): void {
  if (origins.length === 0) return;
  exchange.addHeader('vary', 'origin');
  const { origin } = exchange.request.headers;
  if (origin === undefined || !origins.includes(origin)) return;
  exchange.addHeader('access-control-allow-origin', origin);
  exchange.addHeader('access-control-expose-headers', 'etag, retry-after');
  if (exchange.method !== 'OPTIONS') return;
  exchange.addHeader('access-control-allow-methods', 'GET, POST');
  exchange.addHeader('access-control-allow-headers', headersThatAreRead);
  exchange.addHeader('access-control-max-age', '600');
}

const headersThatAreRead =
  'authorization, x-api-key, content-type, if-none-match, x-client-name, x-client-version';
