import { connect, createServer, type Server, type Socket } from 'node:net';

/** What Postgres says beside an answer: the fields of a NoticeResponse by their letters ("M": message, "W": where). */
export type Notice = Readonly<Record<string, string>>;

/**
 * Stands between a gateway and Postgres, lets everything through, and hears the notices. The gateway itself has no use
 * for them.
 */
export class Notices {
  /** A URL of Postgres by way of this. */
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(url: string, server: Server, sockets: Set<Socket>) {
    this.url = url;
    this.#server = server;
    this.#sockets = sockets;
  }

  static async open(url: string, hear: (notice: Notice) => void): Promise<Notices> {
    const target = new URL(url);
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const postgres = connect(Number(target.port || 5432), target.hostname);
      for (const [from, to] of [
        [client, postgres],
        [postgres, client],
      ] as const) {
        sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
      }
      const messages = new Messages(hear);
      postgres.on('data', (chunk) => messages.take(chunk));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String((server.address() as { port: number }).port);
    return new Notices(through.href, server, sockets);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Messages of Postgres: a letter, four bytes of length, the rest. */
class Messages {
  readonly #hear: (notice: Notice) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(hear: (notice: Notice) => void) {
    this.#hear = hear;
  }

  take(chunk: Buffer): void {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (rest.length >= 5) {
      const end = 1 + rest.readUInt32BE(1);
      if (rest.length < end) break;
      if (rest[0] === 'N'.charCodeAt(0)) this.#hear(readNotice(rest.subarray(5, end)));
      rest = rest.subarray(end);
    }
    this.#rest = rest;
  }
}

function readNotice(body: Buffer): Notice {
  const fields = body.toString('utf8').split('\0').filter(Boolean);
  return Object.fromEntries(fields.map((field) => [field[0], field.slice(1)]));
}
