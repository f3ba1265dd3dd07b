import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzip } from 'node:zlib';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Answer } from './answer.ts';
import { acceptsGzip, isWorthGzip } from './worth-gzip.ts';

/** What the line in the log says of a request, as far as it came to be known. Never keys, documents or values. */
export interface Account {
  tenant?: string;
  operation?: string;
  type?: string;
  code?: string | null;
}

/** One request and its answer: sent once, logged once. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly method: string;
  readonly url: URL;
  readonly account: Account = {};
  readonly log: Logger;
  /** Fires when the client has gone away before the answer was out. */
  readonly signal: AbortSignal;
  readonly #response: ServerResponse;
  readonly #metrics: Metrics;
  readonly #started = performance.now();

  constructor(request: IncomingMessage, response: ServerResponse, log: Logger, metrics: Metrics) {
    this.request = request;
    this.method = request.method ?? 'GET';
    this.url = parseUrl(request.url);
    this.log = log.child({ request: randomUUID() });
    this.#response = response;
    this.#metrics = metrics;
    const gone = new AbortController();
    this.signal = gone.signal;
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
      this.#tell();
    });
  }

  send(answer: Answer): void {
    const { body } = answer;
    if (this.method === 'HEAD' || !isWorthGzip(body)) {
      this.#write(answer);
      return;
    }
    const headers = { ...answer.headers, vary: 'origin, accept-encoding' };
    if (!acceptsGzip(this.request.headers)) {
      this.#write({ ...answer, headers });
      return;
    }
    gzip(body, (error, gzipped) => {
      const packed = { ...answer, headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipped };
      this.#write(error ? { ...answer, headers } : packed);
    });
  }

  #write({ status, headers, body }: Answer): void {
    const response = this.#response;
    if (response.headersSent || response.destroyed) return;
    response.writeHead(status, {
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...headers,
      'content-length': Buffer.byteLength(body),
    });
    // What is left of a body that was not read must not hold the connection.
    if (headers.connection === 'close') response.on('finish', () => this.request.destroy());
    response.end(this.method === 'HEAD' ? undefined : body);
  }

  sendJson(status: number, value: unknown, headers: Answer['headers'] = {}): void {
    this.send({
      status,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body: `${JSON.stringify(value)}\n`,
    });
  }

  addHeader(name: string, value: string): void {
    this.#response.setHeader(name, value);
  }

  #tell(): void {
    const { writableFinished, statusCode } = this.#response;
    const milliseconds = Math.round((performance.now() - this.#started) * 10) / 10;
    const status = writableFinished ? statusCode : 499;
    this.#metrics.request(status, this.account.code ?? null, milliseconds);
    const { method } = this;
    this.log.info({ method, path: this.url.pathname, ...this.account, status, milliseconds }, 'request');
  }
}

/** Only the path and the query of a URL count; one that cannot be read is a path that nobody knows. */
function parseUrl(url: string | undefined): URL {
  try {
    return new URL(`http://localhost${url ?? '/'}`);
  } catch {
    return new URL('http://localhost/?');
  }
}
