import { request } from 'node:http';
import { asAdmin } from '@formwork/testkit';
import {
  codesOf,
  dataOf,
  type GraphqlAnswer,
  Harness,
  isHeldUp,
  type TestGateway,
  type TestTenant,
  until,
} from './harness.ts';
import { messagesOf } from './messages-of.ts';
import { findBroken, warehouse } from './warehouse.ts';

let harness: Harness;
let gateway: TestGateway;
let tenants: readonly [TestTenant, TestTenant];

beforeAll(async () => {
  harness = await Harness.open();
  // A tenant may hold two thirds of the connections.
  gateway = await harness.gateway({ poolSize: 12 });
  tenants = [await harness.tenant('first', warehouse), await harness.tenant('second', warehouse)];
  for (const { keys } of tenants) dataOf(await gateway.ask(keys.editor, createMark, { name: 'warm' }));
});
afterAll(() => harness.close());

const createMark =
  'mutation ($name: String!) { createMark(input: { name: $name }) { mark { id name createdBy } } }';
const createCrate =
  'mutation ($code: String!, $shelf: ID!) { createCrate(input: { code: $code, shelf: { id: $shelf } }) { crate { id number code shelf { name } } } }';

const createNote =
  'mutation ($code: String!, $note: String!) { createCrate(input: { code: $code, note: $note }) { crate { id } } }';

/** Sends the end of its body when it is told to. */
function askSlowly(url: string, key: string, query: string, variables: object): () => Promise<string> {
  const body = JSON.stringify({ query, variables });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const outgoing = request(`${url}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
  });
  outgoing.write(body.slice(0, 10));
  return () =>
    new Promise((resolve, reject) => {
      outgoing.on('error', reject).on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => resolve(text));
      });
      outgoing.end(body.slice(10));
    });
}

interface Made {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
}

interface Crate {
  readonly number: number;
  readonly code: string;
  readonly shelf: { readonly name: string };
}

const madeOf = (answer: Parameters<typeof dataOf>[0]) =>
  (dataOf(answer) as { createMark: { mark: Made } }).createMark.mark;
/** Where all writers of the tenant have to wait until `send` has sent them. */
function whileHeld<T>(tenantId: string, send: () => Promise<T>): Promise<T> {
  return asAdmin(harness.database, async (admin) => {
    await admin.query('begin');
    // As whoever changes the registry, whom all writers wait for.
    await admin.query('select pg_advisory_xact_lock(formwork.tenant_lock_key($1))', [tenantId]);
    const sent = send();
    await until(() => isHeldUp(harness.database));
    await admin.query('commit');
    return sent;
  });
}

const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index}`);

test('records that are made while others are on their way travel together, and each answer is of its own', async () => {
  const [{ id, keys }] = tenants;
  const wanted = names('together', 30);
  const { answer, messages } = await messagesOf(gateway, () =>
    whileHeld(id, () => Promise.all(wanted.map((name) => gateway.ask(keys.editor, createMark, { name })))),
  );
  expect(answer.map((one) => madeOf(one).name)).toEqual(wanted);
  expect(new Set(answer.map((one) => madeOf(one).id)).size).toBe(30);
  expect(messages.flat().filter((text) => text.includes('insert_records')).length).toBeGreaterThan(0);
  expect(messages.length).toBeLessThan(30);
});

test('of numbered records each gets a number of its own', async () => {
  const [{ keys }] = tenants;
  const answer = await gateway.ask(
    keys.editor,
    'mutation { createShelf(input: { name: "numbered" }) { shelf { id } } }',
  );
  const { id } = (dataOf(answer) as { createShelf: { shelf: { id: string } } }).createShelf.shelf;
  const codes = names('crate', 20);
  const answers = await Promise.all(
    codes.map((code) => gateway.ask(keys.editor, createCrate, { code, shelf: id })),
  );
  const crates = answers.map((one) => (dataOf(one) as { createCrate: { crate: Crate } }).createCrate.crate);
  expect(crates.map(({ code, shelf }) => `${code} on ${shelf.name}`)).toEqual(
    codes.map((code) => `${code} on numbered`),
  );
  expect(new Set(crates.map(({ number }) => number)).size).toBe(20);
});

test('one that is refused takes none of the others with it, and is told what is in its way', async () => {
  const [{ keys }] = tenants;
  const taken = madeOf(await gateway.ask(keys.editor, createMark, { name: 'taken' }));
  const wanted = names('beside', 20).flatMap((name, index) => (index % 7 === 3 ? [name, 'taken'] : [name]));
  const answers = await Promise.all(wanted.map((name) => gateway.ask(keys.editor, createMark, { name })));
  const refused = answers.filter((_, index) => wanted[index] === 'taken');
  expect(refused.length).toBe(3);
  for (const answer of refused) {
    expect(codesOf(answer)).toEqual(['UNIQUE_VIOLATION']);
    expect(JSON.stringify(answer.errors)).toContain(taken.id);
  }
  const made = answers.filter((_, index) => wanted[index] !== 'taken').map((one) => madeOf(one).name);
  expect(made).toEqual(names('beside', 20));
});

test('records of two tenants, or of two writers, never travel together', async () => {
  const { answer, messages } = await messagesOf(gateway, () =>
    Promise.all(
      names('apart', 20).flatMap((name) =>
        tenants.flatMap(({ keys }) =>
          [keys.editor, keys.admin].map(async (key) => {
            const own = `${name} ${key.slice(-6)}`;
            return [key, own, madeOf(await gateway.ask(key, createMark, { name: own }))] as const;
          }),
        ),
      ),
    ),
  );
  expect(messages.length).toBeLessThan(80);
  const writers = new Map<string, Set<string>>();
  for (const [key, own, made] of answer) {
    expect(made.name).toBe(own);
    writers.set(key, (writers.get(key) ?? new Set<string>()).add(made.createdBy));
  }
  expect([...writers.values()].map((one) => one.size)).toEqual([1, 1, 1, 1]);
  const stored = await asAdmin(harness.database, async (admin) => {
    const text = `select tenant_id, id from formwork.records where data ->> 'name' like 'apart %'`;
    return new Map((await admin.query(text)).rows.map(({ tenant_id, id }) => [id, tenant_id]));
  });
  expect(stored.size).toBe(80);
  for (const [key, , { id }] of answer) {
    const tenant = tenants.find(({ keys }) => Object.values(keys).includes(key));
    expect(stored.get(id)).toBe(tenant?.id);
  }
});

test('one that waits for somebody holds up none of the others', async () => {
  const [{ id, keys }] = tenants;
  await asAdmin(harness.database, async (admin) => {
    await admin.query('begin');
    await admin.query(`select set_config('app.tenant_id', $1, true)`, [id]);
    await admin.query(
      `insert into formwork.records (tenant_id, entity_type, data) values ($1, 'mark', '{"name": "held"}')`,
      [id],
    );
    const held = ['a', 'b'].map(() => gateway.ask(keys.editor, createMark, { name: 'held' }));
    await until(() => isHeldUp(harness.database));
    const others = await Promise.all(
      names('not held', 10).map((name) => gateway.ask(keys.editor, createMark, { name })),
    );
    expect(others.map((one) => madeOf(one).name)).toEqual(names('not held', 10));
    await admin.query('commit');
    expect((await Promise.all(held)).map(codesOf)).toEqual([['UNIQUE_VIOLATION'], ['UNIQUE_VIOLATION']]);
  });
});

test('one whose time is nearly over takes none of the others with it', async () => {
  const [{ id, keys }] = tenants;
  const hasty = await harness.gateway({ poolSize: 12, requestTimeout: 4_000 });
  madeOf(await hasty.ask(keys.editor, createMark, { name: 'warm too' }));
  const late = askSlowly(hasty.url, keys.editor, createMark, { name: 'late' });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const wanted = names('in time', 12);
  const answers = await asAdmin(harness.database, async (admin) => {
    await admin.query('begin');
    await admin.query('select pg_advisory_xact_lock(formwork.tenant_lock_key($1))', [id]);
    const make = (name: string) => hasty.ask(keys.editor, createMark, { name });
    const first = wanted.slice(0, 2).map(make);
    await until(() => isHeldUp(harness.database));
    const others = wanted
      .slice(2)
      .flatMap((name, index) => (index === 5 ? [late(), make(name)] : [make(name)]));
    expect(await others[5]).toMatch(/TIMEOUT/);
    await admin.query('commit');
    return Promise.all([...first, ...others.filter((_, index) => index !== 5)]) as Promise<GraphqlAnswer[]>;
  });
  expect(answers.map((one) => madeOf(one).name)).toEqual(wanted);
});

test('records that are large together do not travel together', async () => {
  const [{ id, keys }] = tenants;
  const note = 'x'.repeat(1_900_000);
  const { answer, messages } = await messagesOf(gateway, () =>
    whileHeld(id, () =>
      Promise.all(names('large', 10).map((code) => gateway.ask(keys.editor, createNote, { code, note }))),
    ),
  );
  expect(answer.map(codesOf)).toEqual(answer.map(() => []));
  expect(messages.length).toBeGreaterThanOrEqual(5);
});

describe('records that are changed', () => {
  interface Changed {
    readonly id: string;
    readonly name: string;
    readonly version: number;
  }

  const updateMark =
    'mutation ($id: ID!, $name: String!, $ifVersion: Int) { updateMark(id: $id, input: { name: $name }, ifVersion: $ifVersion) { mark { id name version } } }';
  const changedOf = (answer: Parameters<typeof dataOf>[0]) =>
    (dataOf(answer) as { updateMark: { mark: Changed } }).updateMark.mark;
  const together = (messages: readonly (readonly string[])[]) =>
    messages.filter((texts) => texts.some((text) => text.includes('for no key update')));

  async function make(prefix: string, count: number): Promise<readonly string[]> {
    const [{ keys }] = tenants;
    const made = await Promise.all(
      names(prefix, count).map((name) => gateway.ask(keys.editor, createMark, { name })),
    );
    return made.map((one) => madeOf(one).id);
  }

  const change = (id: string, name: string, ifVersion?: number, key = tenants[0].keys.editor) =>
    gateway.ask(key, updateMark, { id, name, ...(ifVersion !== undefined && { ifVersion }) });

  test('while others are on their way are changed together, and each answer is of its own', async () => {
    const ids = await make('before', 30);
    const { answer, messages } = await messagesOf(gateway, () =>
      whileHeld(tenants[0].id, () =>
        Promise.all(ids.map((id, index) => change(id, `after ${index}`, index % 2 === 0 ? 1 : undefined))),
      ),
    );
    expect(answer.map(changedOf)).toEqual(
      ids.map((id, index) => ({ id, name: `after ${index}`, version: 2 })),
    );
    expect(together(messages).length).toBeGreaterThan(0);
    expect(messages.length).toBeLessThan(30);
  });

  test('more than once are changed as often, one change after the other', async () => {
    const ids = await make('often', 3);
    const { answer, messages } = await messagesOf(gateway, () =>
      whileHeld(tenants[0].id, () =>
        Promise.all(names('again', 24).map((name, index) => change(ids[index % 3] ?? '', name))),
      ),
    );
    const changed = answer.map(changedOf);
    expect(changed.map(({ name }) => name)).toEqual(names('again', 24));
    for (const id of ids) {
      const versions = changed.filter((one) => one.id === id).map(({ version }) => version);
      expect(versions.sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    }
    expect(together(messages).length).toBeGreaterThan(0);
  });

  test('are changed although others beside them are refused, each of which is told why', async () => {
    const taken = 'in the way';
    const [holder = '', ...ids] = await make('some', 25);
    changedOf(await change(holder, taken));
    const unknown = '00000000-0000-7000-8000-000000000000';
    const answers = await whileHeld(tenants[0].id, () =>
      Promise.all(
        ids.map((id, index) => {
          if (index === 5) return change(id, taken);
          if (index === 11) return change(id, 'too late', 7);
          return change(index === 17 ? unknown : id, `some after ${index}`);
        }),
      ),
    );
    const refused = answers.flatMap((answer, index) => (answer.errors ? [[index, ...codesOf(answer)]] : []));
    expect(refused).toEqual([
      [5, 'UNIQUE_VIOLATION'],
      [11, 'VERSION_CONFLICT'],
      [17, 'NOT_FOUND'],
    ]);
    const done = answers.filter(({ errors }) => errors === undefined).map(changedOf);
    expect(done.map(({ version }) => version)).toEqual(Array(21).fill(2));
  });

  test('hold up none of the others where one of them waits for somebody', async () => {
    const [held = '', ...ids] = await make('waiting', 11);
    await asAdmin(harness.database, async (admin) => {
      await admin.query('begin');
      await admin.query('select from formwork.records where id = $1 for update', [held]);
      const late = change(held, 'let go');
      await until(() => isHeldUp(harness.database));
      const others = await Promise.all(ids.map((id, index) => change(id, `not waiting ${index}`)));
      expect(others.map((one) => changedOf(one).version)).toEqual(Array(10).fill(2));
      await admin.query('commit');
      expect(changedOf(await late)).toEqual({ id: held, name: 'let go', version: 2 });
    });
  });

  test('are those of the tenant alone: another one reaches none of them, beside its own or by themselves', async () => {
    const [{ keys }, other] = tenants;
    const ids = await make('theirs', 10);
    const own = await Promise.all(
      names('own', 10).map((name) => gateway.ask(other.keys.admin, createMark, { name })),
    );
    const { answer, messages } = await messagesOf(gateway, () =>
      whileHeld(other.id, () =>
        Promise.all(
          [...own.map((one) => madeOf(one).id), ...ids].map((id, index) =>
            change(id, `reached ${index}`, undefined, other.keys.admin),
          ),
        ),
      ),
    );
    expect(together(messages).length).toBeGreaterThan(0);
    expect(answer.slice(0, 10).map((one) => changedOf(one).version)).toEqual(Array(10).fill(2));
    expect(answer.slice(10).flatMap(codesOf)).toEqual(Array(10).fill('NOT_FOUND'));
    // They are there, and the same document reaches them with a key of their tenant.
    const seen = await Promise.all(
      ids.map((id, index) => change(id, `theirs after ${index}`, 1, keys.editor)),
    );
    expect(seen.map((one) => changedOf(one).version)).toEqual(Array(10).fill(2));
  });
});

test('after all that no promise is broken', async () => {
  expect(await asAdmin(harness.database, findBroken)).toEqual({});
});
