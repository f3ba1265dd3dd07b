import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzip } from 'node:zlib';
import type { Cancellation } from '@formwork/pg';
import { type Logger, logRequest } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Answer } from './answer.ts';
import { Departure } from './departure.ts';
import { defaultPatience } from './patience.ts';
import { acceptsGzip, isWorthGzip } from './worth-gzip.ts';

/** What the line in the log says of a request, as far as it came to be known. Never keys, documents or values. */
export interface Account {
  tenant?: string;
  operation?: string;
  type?: string;
  code?: string | null;
}

/** A path that reading it as a URL would leave as it is: nearly all are. */
const plainPath = /^\/[\w/-]*$/;

/** One request and its answer: sent once, logged once. What costs something is made when somebody asks for it. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly method: string;
  readonly account: Account = {};
  readonly #id = randomUUID();
  readonly #response: ServerResponse;
  readonly #baseLog: Logger;
  readonly #metrics: Metrics;
  readonly #patience: number;
  readonly #departure = new Departure();
  readonly #started = performance.now();
  #isLost = false;
  #log: Logger | undefined;
  #url: URL | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    log: Logger,
    metrics: Metrics,
    patience = defaultPatience.answer,
  ) {
    this.request = request;
    this.method = request.method ?? 'GET';
    this.#baseLog = log;
    this.#response = response;
    this.#metrics = metrics;
    this.#patience = patience;
    response.on('close', () => this.#end());
  }

  /** Carries the request's id along. */
  get log(): Logger {
    this.#log ??= this.#baseLog.child({ request: this.#id });
    return this.#log;
  }

  get url(): URL {
    this.#url ??= parseUrl(this.request.url);
    return this.#url;
  }

  get path(): string {
    const { url = '' } = this.request;
    return plainPath.test(url) ? url : this.url.pathname;
  }

  /** Fires when the client has gone away before the answer was out. */
  get signal(): Cancellation {
    return this.#departure;
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
    const length = Buffer.byteLength(body);
    // Those two never have a body, and of one that is not sent no length may be told but its own.
    const lengthPairs = status === 204 || status === 304 ? [] : ['content-length', String(length)];
    response.writeHead(status, [...pairsOf(headers), ...lengthPairs]);
    // What is left of a body that was not read must not hold the connection.
    if (headers.connection === 'close') response.on('finish', () => this.request.destroy());
    if (this.method === 'HEAD' || length === 0) response.end();
    // A text of which each character is one byte goes out with its head as it is, in one write.
    else endWith(response, body, length === body.length ? 'latin1' : 'utf8');
    if (response.writableLength > 0) this.#watchTaker();
  }

  /** What is not out yet waits for a client to take it. */
  #watchTaker(): void {
    const { socket } = this.request;
    // Whoever does not would keep it in memory as long as they like.
    socket.setTimeout(this.#patience);
    // What is lost with its connection is "finished" to Node as well.
    this.#response.prependOnceListener('finish', () => {
      this.#isLost = socket.destroyed || socket.errored !== null;
    });
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

  #end(): void {
    const { writableFinished, statusCode } = this.#response;
    const isSent = writableFinished && !this.#isLost;
    if (!isSent) this.#departure.abort();
    const milliseconds = Math.round((performance.now() - this.#started) * 10) / 10;
    const status = isSent ? statusCode : 499;
    const { tenant, operation, type, code } = this.account;
    this.#metrics.request(status, code ?? null, milliseconds);
    const { method, path } = this;
    // The same names in the same order each time: objects of one kind are cheap to make and to read.
    const line = { request: this.#id, method, path, tenant, type, operation, code, status, milliseconds };
    logRequest(this.#baseLog, line);
  }
}

/** Unless an answer says otherwise. */
const ownHeaders = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

const knownPairs = new WeakMap<Answer['headers'], readonly string[]>();

/** Names and values in turn, which is what costs Node least. Most answers have the same headers, the very object. */
function pairsOf(headers: Answer['headers']): readonly string[] {
  let pairs = knownPairs.get(headers);
  if (pairs === undefined) {
    // Each name once: of pairs Node sends all.
    pairs = Object.entries({ ...ownHeaders, ...headers }).flat();
    knownPairs.set(headers, pairs);
  }
  return pairs;
}

/** As `response.end(body)`, which would write head and body in one piece and then nothing in another. */
function endWith(response: ServerResponse, body: string | Buffer, encoding: 'latin1' | 'utf8'): void {
  const { socket } = response;
  // A response that is not the next on its connection has none yet.
  socket?.cork();
  response.write(body, encoding);
  socket?.uncork();
  response.end();
}

/**
 * Only the path and the query of a URL count, also of a whole one, as it is sent to proxies and has to be taken (RFC 9112,
 * 3.2.2); one that cannot be read is a path that nobody knows.
 */
function parseUrl(url = '/'): URL {
  try {
    return new URL(url.startsWith('/') ? `http://localhost${url}` : url);
  } catch {
    return new URL('http://localhost/?');
  }
}
