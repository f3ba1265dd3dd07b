import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Between a gateway and Postgres: it can die, and it can stand still, as a Postgres does. */
export class Line {
  port = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(postgres: URL) {
    this.#server = createServer((client) => {
      const server = connect({ host: postgres.hostname, port: Number(postgres.port) });
      for (const socket of [client, server]) this.#sockets.add(socket.on('error', () => {}));
      client.on('close', () => server.destroy());
      server.on('close', () => client.destroy());
      client.pipe(server).pipe(client);
    });
  }

  /** `port`: that of a line that has died, as when Postgres is there again. */
  static async open(url: string, port = 0): Promise<Line> {
    const line = new Line(new URL(url));
    await new Promise<void>((resolve) => line.#server.listen(port, '127.0.0.1', resolve));
    line.port = (line.#server.address() as AddressInfo).port;
    return line;
  }

  /** The same database by way of this line. */
  of(url: string): string {
    const through = new URL(url);
    through.host = `127.0.0.1:${this.port}`;
    return through.href;
  }

  /** Takes what is sent, and connections too, and says nothing more. */
  standStill(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.on('data', () => {});
      socket.removeAllListeners('close');
    }
    this.#server.removeAllListeners('connection').on('connection', (socket) => {
      this.#sockets.add(socket.on('error', () => {}));
    });
  }

  die(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
