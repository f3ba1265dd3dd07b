import { setTimeout as sleep } from 'node:timers/promises';
import { SchemaChangedError, sql, withAdmin } from '@formwork/pg';
import { asAdmin, countStatements, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { ask, connecting, firstValue, insertTenant, until } from './support.ts';

let database: TestDatabase;
let tenantId: string;
const connect = connecting(() => database, { max: 2, maxPerTenant: 2 });

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  tenantId = await insertTenant(database);
});
afterAll(() => database.drop());

const insert = sql`insert into formwork.records (entity_type, data) values ('note', '{}') returning id::text`;
const count = sql`select count(*) from formwork.records`;

test('commits what work did and gives back what it resolved with', async () => {
  const plane = connect();
  const id = await plane.write(tenantId, 0, async (transaction) => {
    expect(await transaction.begin()).toEqual({ registry: 0, access: 0 });
    const [inserted] = await transaction.run([insert]);
    const [counted] = await transaction.run([count]);
    expect(firstValue(counted)).toBe('1');
    return firstValue(inserted);
  });
  expect(await ask(plane, tenantId, sql`select id::text from formwork.records`)).toBe(id);
});

test('begins, fences and sets the tenant in the message of the first statements', async () => {
  const counter = countStatements();
  const plane = connect({ onBatch: counter.onBatch });
  await plane.write(tenantId, 0, (transaction) => transaction.run([insert, count]));
  expect(counter.batches.map(({ statements }) => statements)).toEqual([
    [insert.text, count.text],
    ['commit'],
  ]);
});

test('knows the versions even where the first statements fail', async () => {
  const plane = connect();
  let versions: unknown;
  const write = plane.write(tenantId, 0, async (transaction) => {
    await transaction.run([sql`select 1 / 0`]).catch(() => {});
    versions = await transaction.begin();
  });
  await expect(write).rejects.toMatchObject({ sqlstate: '22012' });
  expect(versions).toEqual({ registry: 0, access: 0 });
});

test('rolls back when work rejects, and says why', async () => {
  const plane = connect();
  const reason = new Error('changed my mind');
  await expect(
    plane.write(tenantId, 0, async (transaction) => {
      await transaction.run([insert]);
      throw reason;
    }),
  ).rejects.toBe(reason);
  expect(await ask(plane, tenantId, count)).toBe('0');
});

test('rolls back when work throws before its first await', async () => {
  const plane = connect({ max: 1 });
  const work = (): Promise<never> => {
    throw new Error('at once');
  };
  await expect(plane.write(tenantId, 0, work)).rejects.toThrow('at once');
  expect(await ask(plane, tenantId, count)).toBe('0');
});

test('a failed transaction is never committed, even if work swallows the error', async () => {
  const plane = connect();
  await expect(
    plane.write(tenantId, 0, async (transaction) => {
      await transaction.run([insert]);
      await transaction.run([sql`select 1 / 0`]).catch(() => {});
      return 'all is well';
    }),
  ).rejects.toMatchObject({ sqlstate: '22012' });
  expect(await ask(plane, tenantId, count)).toBe('0');
});

test('after an error nothing more can be run', async () => {
  const plane = connect();
  await expect(
    plane.write(tenantId, 0, async (transaction) => {
      await transaction.run([sql`select 1 / 0`]).catch(() => {});
      await expect(transaction.run([count])).rejects.toMatchObject({ sqlstate: '22012' });
    }),
  ).rejects.toMatchObject({ sqlstate: '22012' });
});

test.each([sql`rollback`, sql`commit`])(
  'a statement that ends the transaction is noticed: $text',
  async (statement) => {
    const plane = connect({ max: 1 });
    await expect(
      plane.write(tenantId, 0, async (transaction) => {
        await transaction.run([statement]);
        return 'looks well';
      }),
    ).rejects.toThrow('ended the transaction');
    expect(await ask(plane, tenantId, count)).toBe('0');
  },
);

test('runs at once are answered in order', async () => {
  const plane = connect();
  const answers = await plane.write(tenantId, 0, (transaction) =>
    Promise.all([1, 2, 3, 4].map((number) => transaction.run([sql`select ${number} from pg_sleep(0.01)`]))),
  );
  expect(answers.map(([rows]) => firstValue(rows))).toEqual(['1', '2', '3', '4']);
});

test('waits for what work has started and not awaited', async () => {
  const plane = connect();
  await plane.write(tenantId, 0, async (transaction) => {
    void transaction.run([sql`select pg_sleep(0.05)`]).then(() => {});
    void transaction.run([insert]);
  });
  expect(await ask(plane, tenantId, count)).toBe('1');
});

test('a transaction that is over runs nothing more', async () => {
  const plane = connect();
  const transaction = await plane.write(tenantId, 0, async (open) => ({ run: open.run.bind(open) }));
  await expect(transaction.run([insert])).rejects.toThrow('transaction is over');
  expect(await ask(plane, tenantId, count)).toBe('0');
});

test('an unsendable parameter is refused without harm to the transaction', async () => {
  const plane = connect();
  await plane.write(tenantId, 0, async (transaction) => {
    await transaction.run([insert]);
    await expect(transaction.run([sql`select ${'a\0b'}`])).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await transaction.run([insert]);
  });
  expect(await ask(plane, tenantId, count)).toBe('2');
});

test('the refusal of a deferred check comes as an error of the commit', async () => {
  const plane = connect();
  await expect(
    plane.write(tenantId, 0, (transaction) =>
      transaction.run([
        sql`insert into formwork.record_links (entity_type, field, source_id, target_id)
          values ('note', 'x', gen_random_uuid(), gen_random_uuid())`,
      ]),
    ),
  ).rejects.toMatchObject({
    name: 'DatabaseError',
    sqlstate: expect.stringMatching(/^(23503|FW003|FW011)$/),
  });
});

test('a deadlock is tried again, and both writers succeed', async () => {
  const plane = connect();
  const [first, second] = await plane.write(tenantId, 0, async (transaction) => {
    const results = await transaction.run([insert, insert]);
    return results.map((rows) => firstValue(rows));
  });
  const add = (id: string | null | undefined) =>
    sql`update formwork.records set data = jsonb_build_object('x', coalesce((data ->> 'x')::int, 0) + 1)
      where id = ${id ?? null}::uuid`;
  let tries = 0;
  let haveOne = 0;
  const touchBoth = ([one, other]: (string | null | undefined)[]): Promise<unknown> =>
    plane.write(tenantId, 0, async (transaction) => {
      tries += 1;
      await transaction.run([add(one)]);
      haveOne += 1;
      // Each has its first record now, and wants the other's.
      await until(() => haveOne >= 2);
      await transaction.run([add(other)]);
    });
  await Promise.all([touchBoth([first, second]), touchBoth([second, first])]);
  expect(tries).toBeGreaterThan(2);
  expect(await ask(plane, tenantId, sql`select string_agg(data ->> 'x', ',') from formwork.records`)).toBe(
    '2,2',
  );
});

test('gives up with CONFLICT after three tries', async () => {
  const plane = connect();
  let tries = 0;
  await expect(
    plane.write(tenantId, 0, async (transaction) => {
      tries += 1;
      await transaction.run([sql`do $$ begin raise 'again' using errcode = '40001'; end $$`]);
    }),
  ).rejects.toMatchObject({ code: 'CONFLICT', sqlstate: '40001' });
  expect(tries).toBe(3);
});

test.each([
  ['', [insert]],
  [', and one that was lost before its commit was sent is known not to be done', []],
])('a broken connection ends the transaction%s', async (_, after) => {
  const plane = connect({ max: 1 });
  await expect(
    plane.write(tenantId, 0, async (transaction) => {
      const [pid] = await transaction
        .run([insert])
        .then(() => transaction.run([sql`select pg_backend_pid()`]));
      await asAdmin(database, (admin) =>
        admin.query('select pg_terminate_backend($1, 5000)', [firstValue(pid)]),
      );
      // Until it has heard of that.
      await new Promise((resolve) => setTimeout(resolve, 100));
      for (const statement of after) await transaction.run([statement]);
    }),
  ).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await ask(plane, tenantId, count)).toBe('0');
});

describe('the fence', () => {
  const raiseVersion = 'update formwork.tenants set registry_version = registry_version + 1 where id = $1';
  const lock = 'select pg_advisory_xact_lock(formwork.tenant_lock_key($1))';

  test('refuses a write that was made for another version, and says which', async () => {
    const plane = connect();
    const write = plane.write(tenantId, 4, (transaction) => transaction.run([insert]));
    await expect(write).rejects.toBeInstanceOf(SchemaChangedError);
    await expect(write).rejects.toMatchObject({ code: 'SCHEMA_CHANGED', expected: 4, actual: 0 });
    expect(await ask(plane, tenantId, count)).toBe('0');
  });

  test.each<[string, () => Promise<void>]>([
    ['finds nothing to write', async () => {}],
    ['has something to refuse', () => Promise.reject(new Error('by the registry of before'))],
  ])('is asked even where work %s', async (_what, work) => {
    const plane = connect();
    await expect(plane.write(tenantId, 4, work)).rejects.toMatchObject({ code: 'SCHEMA_CHANGED', actual: 0 });
  });

  test('a change before the write begins is seen', async () => {
    const plane = connect();
    await asAdmin(database, (admin) => admin.query(raiseVersion, [tenantId]));
    await expect(plane.write(tenantId, 0, (transaction) => transaction.run([insert]))).rejects.toMatchObject({
      code: 'SCHEMA_CHANGED',
      actual: 1,
    });
    expect(await plane.write(tenantId, 1, (transaction) => transaction.begin())).toEqual({
      registry: 1,
      access: 0,
    });
  });

  test('a write that begins while a change is under way waits for it, and is refused', async () => {
    const plane = connect();
    await asAdmin(database, async (admin) => {
      await admin.query('begin');
      await admin.query(lock, [tenantId]);
      await admin.query(raiseVersion, [tenantId]);
      let isAnswered = false;
      const write = plane
        .write(tenantId, 0, (transaction) => transaction.run([insert]))
        .finally(() => {
          isAnswered = true;
        });
      write.catch(() => {});
      await sleep(100);
      expect(isAnswered).toBe(false);
      await admin.query('commit');
      await expect(write).rejects.toMatchObject({ code: 'SCHEMA_CHANGED', expected: 0, actual: 1 });
    });
    expect(await ask(plane, tenantId, count)).toBe('0');
  });

  test('a write that begins while a change is under way goes on if the change is rolled back', async () => {
    const plane = connect();
    await asAdmin(database, async (admin) => {
      await admin.query('begin');
      await admin.query(lock, [tenantId]);
      await admin.query(raiseVersion, [tenantId]);
      const write = plane.write(tenantId, 0, (transaction) => transaction.run([insert]));
      await sleep(50);
      await admin.query('rollback');
      await write;
    });
    expect(await ask(plane, tenantId, count)).toBe('1');
  });

  test('a change waits for a writer that has begun', async () => {
    const plane = connect();
    const events: string[] = [];
    await withAdmin(database.adminUrl, async (admin) => {
      let change: Promise<unknown> = Promise.resolve();
      await plane.write(tenantId, 0, async (transaction) => {
        await transaction.run([insert]);
        await admin.query('begin');
        change = admin.query(lock, [tenantId]).then(async () => {
          events.push('changed');
          await admin.query(raiseVersion, [tenantId]);
          await admin.query('commit');
        });
        await sleep(100);
        events.push('written');
      });
      await change;
    });
    expect(events).toEqual(['written', 'changed']);
  });

  test("a change of one tenant does not hold up another's writes", async () => {
    const plane = connect();
    const neighbour = await insertTenant(database, `n${Math.random().toString(36).slice(2)}`);
    await asAdmin(database, async (admin) => {
      await admin.query('begin');
      await admin.query(lock, [tenantId]);
      await plane.write(neighbour, 0, (transaction) => transaction.run([insert]));
      await admin.query('rollback');
    });
  });

  test('leaves no transaction open when it refuses', async () => {
    const plane = connect({ max: 1 });
    await expect(plane.write(tenantId, 9, async () => {})).rejects.toBeInstanceOf(SchemaChangedError);
    await asAdmin(database, (admin) =>
      until(async () => {
        const { rows } = await admin.query(
          "select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
        );
        return rows.length === 0;
      }),
    );
  });
});
