import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { dataOf, Harness, type TestGateway, type TestTenant, until } from './harness.ts';

/* A gateway that is told to stop while its Postgres has died, or stands still: it comes to an end, and says what it could not tell. */

/** Between a gateway and Postgres: it can die, and it can stand still, as a Postgres does. */
class Line {
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

  static async open(url: string): Promise<Line> {
    const line = new Line(new URL(url));
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  /** The same database by way of this line. */
  of(url: string): string {
    const through = new URL(url);
    through.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
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

let harness: Harness;
let tenant: TestTenant;
let line: Line;
let gateway: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
});
beforeEach(async () => {
  line = await Line.open(harness.database.gatewayUrl);
  const { gatewayUrl, designerUrl } = harness.database;
  gateway = await harness.gateway({
    gatewayUrl: line.of(gatewayUrl),
    designerUrl: line.of(designerUrl),
    closeTimeout: 500,
    usageSeconds: 60,
  });
  dataOf(await gateway.ask(tenant.keys.editor, '{ airports { totalCount } }'));
});
afterEach(() => line.die());
afterAll(() => harness.close());

async function stop(): Promise<void> {
  await gateway.close();
  await expect(gateway.ask(tenant.keys.editor, '{ __typename }')).rejects.toThrow();
}

const said = (text: string) => gateway.lines.filter(({ msg }) => String(msg).includes(text));

test('a gateway stops whose Postgres has died, and says that what was used is not told', async () => {
  line.die();
  await until(async () => {
    const answer = await gateway.ask(tenant.keys.editor, '{ airports { totalCount } }');
    return answer.errors !== undefined;
  });
  await stop();
  expect(said('what clients have used could not be told before the end, and is lost')).toEqual([
    expect.objectContaining({ untold: expect.any(Number) }),
  ]);
});

test('a gateway stops whose Postgres stands still, with a request in flight, and says what was given up', async () => {
  line.standStill();
  const asked = gateway.ask(tenant.keys.editor, '{ airports { totalCount } }').catch(() => 'cut off');
  await stop();
  expect(await asked).toBe('cut off');
  expect(said('was given up')).toEqual([
    expect.objectContaining({ unfinished: expect.arrayContaining(['what clients have used']) }),
  ]);
});

test('a gateway whose Postgres is there has nothing to say when it stops', async () => {
  await stop();
  expect([...said('given up'), ...said('lost')]).toEqual([]);
});
