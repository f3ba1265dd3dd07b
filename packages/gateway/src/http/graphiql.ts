import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Exchange } from './exchange.ts';
import { acceptsGzip } from './worth-gzip.ts';
import type { Yoga } from './yoga.ts';

interface Page {
  readonly gzipped: Buffer;
  readonly etag: string;
}

/**
 * The page may run what stands in it and talk to its own origin, so a key typed into it can go nowhere else. Monaco,
 * the editor in it, makes workers from blobs and styles as it goes.
 */
const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  'font-src data:',
  "connect-src 'self' blob: data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policy,
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
  vary: 'accept, accept-encoding',
};

/** GraphiQL, rendered by yoga when it is first asked for and kept compressed: 9 MB are 2 MB then. */
export class GraphiqlPage {
  readonly #yoga: Yoga;
  #page: Promise<Page> | null = null;

  constructor(yoga: Yoga) {
    this.#yoga = yoga;
  }

  async serve(exchange: Exchange): Promise<void> {
    this.#page ??= render(this.#yoga);
    const { gzipped, etag } = await this.#page;
    if (exchange.request.headers['if-none-match'] === etag) {
      exchange.send({ status: 304, headers: { ...headers, etag }, body: '' });
      return;
    }
    if (!acceptsGzip(exchange.request.headers)) {
      exchange.send({ status: 200, headers: { ...headers, etag }, body: await promisify(gunzip)(gzipped) });
      return;
    }
    exchange.send({ status: 200, headers: { ...headers, etag, 'content-encoding': 'gzip' }, body: gzipped });
  }
}

async function render(yoga: Yoga): Promise<Page> {
  const url = `http://localhost${yoga.graphqlEndpoint}`;
  // GraphiQL asks for no operation, so there is none in the context.
  const response = await yoga.fetch(url, { headers: { accept: 'text/html' } });
  const html = await response.text();
  const etag = `"${createHash('sha256').update(html).digest('hex').slice(0, 32)}"`;
  return { gzipped: await promisify(gzip)(html), etag };
}
