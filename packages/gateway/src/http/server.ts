import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Services } from '../services.ts';
import { Exchange } from './exchange.ts';
import { defaultPatience } from './patience.ts';
import type { Serve } from './router.ts';

export interface RunningServer {
  readonly url: string;
  /** Takes no new connections, lets requests in flight finish within `closeTimeout`, then cuts them off. */
  close(): Promise<void>;
}

/** One node:http server. Rejects with a sentence that says what to do where the port cannot be had. */
export async function startServer(
  services: Pick<Services, 'options' | 'log' | 'metrics'>,
  serve: Serve,
  patience = defaultPatience,
): Promise<RunningServer> {
  const { options, log, metrics } = services;
  let isClosing = false;
  const late = {
    headersTimeout: patience.headers,
    requestTimeout: patience.request,
    keepAliveTimeout: patience.next,
    connectionsCheckingInterval: patience.look,
  };
  const server = createServer(late, (request, response) => {
    const exchange = new Exchange(request, response, log, metrics, patience.answer);
    if (isClosing) exchange.addHeader('connection', 'close');
    serve(exchange).catch((error: unknown) => {
      exchange.log.error({ err: error }, 'a request could not be answered');
      exchange.sendJson(500, {
        errors: [{ message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL' } }],
      });
    });
  });
  const url = await listen(server, options.host, options.port);
  return {
    url,
    async close() {
      isClosing = true;
      await closeServer(server, options.closeTimeout);
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen(port, host, resolve);
  });
  const { address, family, port: actual } = server.address() as AddressInfo;
  const isAny = address === '0.0.0.0' || address === '::';
  const shown = isAny ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${shown}:${actual}`;
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is taken. Stop whoever has it, or set FORMWORK_PORT to another.`,
    EACCES: `Port ${port} may not be used by this user. Set FORMWORK_PORT to one above 1023.`,
    EADDRNOTAVAIL: `"${host}" is no address of this machine. Set FORMWORK_HOST to one that is.`,
    ENOTFOUND: `"${host}" is no address that can be found. Set FORMWORK_HOST to one that is.`,
  };
  const reason = reasons[error.code ?? ''];
  return reason === undefined ? error : new Error(reason, { cause: error });
}

async function closeServer(server: Server, timeout: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // Connections that were idle are closed by `close`; those that become idle now are swept until the time is up.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const end = setTimeout(() => server.closeAllConnections(), timeout);
  await closed;
  clearInterval(sweep);
  clearTimeout(end);
}
