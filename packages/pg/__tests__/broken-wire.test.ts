import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { connectDataPlane, type DataPlane, sql } from '@formwork/pg';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { ask, insertTenant } from './support.ts';

let database: TestDatabase;
let one: string;
let other: string;
let url: string;
let plane: DataPlane;
let server: Server;
/** What is done with what Postgres says on the way to the client. */
let deliver: (socket: Socket, bytes: Buffer) => void;
const passOn = (socket: Socket, bytes: Buffer): void => {
  socket.write(bytes);
};

beforeAll(async () => {
  database = await createTestDatabase();
  one = await insertTenant(database, 'one');
  other = await insertTenant(database, 'other');
  const { hostname, port } = new URL(database.gatewayUrl);
  server = createServer({ noDelay: true }, (client) => {
    const postgres = connect({ host: hostname, port: Number(port), noDelay: true });
    client.on('data', (bytes) => postgres.write(bytes)).on('close', () => postgres.destroy());
    postgres.on('data', (bytes) => deliver(client, bytes)).on('close', () => client.destroy());
    for (const socket of [client, postgres]) socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxied = new URL(database.gatewayUrl);
  proxied.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  url = proxied.href;
  plane = connectDataPlane({ url, max: 1 });
});
beforeEach(() => {
  deliver = passOn;
});
afterAll(async () => {
  await plane.close();
  server.close();
  await database.drop();
});

const backend = sql`select pg_backend_pid()::text`;

test('answers that come a few bytes at a time are the answers', async () => {
  let queue = Promise.resolve();
  deliver = (socket, bytes) => {
    for (let at = 0; at < bytes.length; at += 3) {
      queue = queue.then(
        () => new Promise((resolve) => socket.write(bytes.subarray(at, at + 3), () => setImmediate(resolve))),
      );
    }
  };
  const { results } = await plane.read(one, [
    sql`select 'Größe', null, ''`,
    sql`do $$ begin raise notice 'mind'; end $$`,
    sql`select set_config('application_name', 'renamed', false)`,
    sql`select 1 / 0`,
    sql`select v::text from generate_series(1, 20) v`,
  ]);
  expect(results[0]).toEqual([['Größe', null, '']]);
  expect(results[3]).toMatchObject({
    code: 'DATABASE',
    sqlstate: '22012',
    cause: { message: 'division by zero' },
  });
  expect(results[4]).toEqual(Array.from({ length: 20 }, (_, index) => [String(index + 1)]));
});

test('a row of twenty megabytes is read, and the next tenant is served by the same connection', async () => {
  const { results } = await plane.read(one, [sql`select repeat('é', 10485760), pg_backend_pid()::text`]);
  const [row] = results[0] as readonly (readonly string[])[];
  expect(row?.[0]?.length).toBe(10_485_760);
  expect(await ask(plane, other, backend)).toBe(row?.[1]);
});

test('where the connection is cut in the middle of a row its message fails, and the next has a new one', async () => {
  const pid = await ask(plane, one, backend);
  deliver = (socket, bytes) => {
    const at = bytes.indexOf('cut here');
    if (at < 0) socket.write(bytes);
    else socket.end(bytes.subarray(0, at + 3));
  };
  await expect(plane.read(one, [sql`select 'whole'`, sql`select 'cut here'`])).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  deliver = passOn;
  expect(await ask(plane, other, backend)).not.toBe(pid);
});

test('a server that says nonsense is given up', async () => {
  const pid = await ask(plane, one, backend);
  deliver = (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
  await expect(plane.read(one, [backend])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  deliver = passOn;
  expect(await ask(plane, other, backend)).not.toBe(pid);
});

test('a connection that is ended while nobody uses it is not lent again', async () => {
  const pid = await ask(plane, one, backend);
  await asAdmin(database, (admin) => admin.query('select pg_terminate_backend($1, 5000)', [pid]));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await ask(plane, other, backend)).not.toBe(pid);
});

test('a server that says nothing any more keeps nobody waiting: who undoes a transaction, or first has plans made anew', async () => {
  const pid = await ask(plane, one, backend);
  const writer = connectDataPlane({ url, max: 1 });
  const write = writer.write(one, 0, async (transaction) => {
    await transaction.run([backend]);
    deliver = () => {};
    throw new Error('Refused');
  });
  const undone = expect(write).rejects.toThrow('Refused');
  while (deliver === passOn) await new Promise(setImmediate);
  const now = performance.now.bind(performance);
  const later = jest.spyOn(performance, 'now').mockImplementation(() => now() + 15_000);
  await expect(plane.read(one, [backend], { budget: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  await undone;
  later.mockRestore();
  deliver = passOn;
  expect(await ask(plane, other, backend)).not.toBe(pid);
  expect(await ask(writer, other, backend)).not.toBeNull();
  await writer.close();
}, 20_000);

test('whose commit was not answered in time is told that nobody knows, not that it took too long: it was done', async () => {
  const insert = sql`insert into formwork.records (entity_type, data) values ('note', '{}')`;
  const planes = [plane, connectDataPlane({ url, max: 1 })] as const;
  for (const each of planes) await ask(each, other, backend);
  const stepwise = planes[1].write(
    other,
    0,
    async (transaction) => {
      await transaction.run([insert]);
      deliver = () => {};
    },
    { budget: 2_000 },
  );
  const unknown = expect(stepwise).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  while (deliver === passOn) await new Promise(setImmediate);
  const whole = plane.writeWhole(other, { registry: 0, access: 0 }, [insert], { budget: 2_000 });
  await expect(whole).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  await unknown;
  deliver = passOn;
  expect(await ask(plane, other, sql`select count(*) from formwork.records`)).toBe('2');
  await planes[1].close();
}, 30_000);
