import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const make = (count: number): Promise<string[]> =>
  asAdmin(database, async (admin) => {
    const { rows } = await admin.query(
      `select formwork.uuidv7()::text as id from generate_series(1, ${count})`,
    );
    return rows.map(({ id }) => id);
  });

test('has version 7 and the variant of RFC 9562', async () => {
  for (const id of await make(500))
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('begins with the clock in milliseconds', async () => {
  const before = Date.now();
  const [id = ''] = await make(1);
  const after = Date.now();
  const milliseconds = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  // The server's clock is this machine's in tests; a second covers one that is not.
  expect(milliseconds).toBeGreaterThanOrEqual(before - 1_000);
  expect(milliseconds).toBeLessThanOrEqual(after + 1_000);
});

test('sorts by the time it was made', async () => {
  const ids: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    ids.push(...(await make(1)));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect([...ids].sort()).toEqual(ids);
});

test('is different every time', async () => {
  const ids = await make(20_000);
  expect(new Set(ids).size).toBe(ids.length);
});
