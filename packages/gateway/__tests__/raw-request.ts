import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Sends no content-length, as streams do. */
  readonly chunked?: boolean;
  /** Keeps connections open; without one, each request has a connection of its own. */
  readonly agent?: Agent;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names as they were sent, in their order. */
  readonly headerNames: readonly string[];
  readonly body: string;
}

/** One request as it stands, with nothing added: `fetch` would send headers of its own. */
export function rawRequest(url: string, options: RawRequest): Promise<RawAnswer> {
  const { method = 'POST', path = '/graphql', headers = {}, body, chunked = false, agent = false } = options;
  return new Promise((resolve, reject) => {
    const length = body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const { hostname, port } = new URL(url);
    const outgoing = request({
      hostname,
      port,
      path,
      method,
      headers: { ...length, ...headers },
      agent,
    });
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            headerNames: response.rawHeaders.filter((_, index) => index % 2 === 0),
            body: Buffer.concat(chunks).toString(),
          }),
        )
        .on('error', reject);
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // A connection that is kept open may be closed just as it is used again: then nothing was read of the request.
      const isStale = outgoing.reusedSocket && error.code === 'ECONNRESET';
      if (isStale) rawRequest(url, options).then(resolve, reject);
      else reject(error);
    });
    outgoing.end(body);
  });
}
