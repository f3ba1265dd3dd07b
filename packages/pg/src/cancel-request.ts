import { type Client, Connection } from 'pg';

/** What a cancel request needs to know of the connection it is for; node-postgres keeps it, its types do not say so. */
interface Cancellable {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
  readonly ssl: boolean | object;
}

interface CancelConnection {
  readonly stream: { destroy(): void };
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
  on(event: 'connect' | 'sslconnect' | 'error' | 'end', listener: () => void): void;
}

/**
 * Asks the server to cancel what `client` is running; resolves with whether the request was delivered. The server
 * hangs up only after it has signalled, so from then on the cancel is behind us or about to be noticed: an empty Sync
 * tells which, and no statement may be sent before its answer.
 */
export function sendCancelRequest(client: Client, patience: number): Promise<boolean> {
  const { host, port, processID, secretKey, ssl } = client as unknown as Cancellable;
  return new Promise((resolve) => {
    let sent = false;
    const connection = new Connection({ ssl } as object) as unknown as CancelConnection;
    const timer = setTimeout(() => finish(false), patience);
    const finish = (delivered: boolean): void => {
      clearTimeout(timer);
      resolve(delivered);
      connection.stream.destroy();
    };
    const cancel = (): void => {
      connection.cancel(processID, secretKey);
      sent = true;
    };
    connection.on('error', () => finish(false));
    connection.on('end', () => finish(sent));
    connection.on('connect', ssl ? () => connection.requestSsl() : cancel);
    connection.on('sslconnect', cancel);
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}
