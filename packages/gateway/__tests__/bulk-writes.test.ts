import { asAdmin } from '@formwork/testkit';
import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { messagesOf } from './messages-of.ts';
import { findBroken, warehouse } from './warehouse.ts';

/** As many as one bulk write may touch. */
const count = 10_000;

let harness: Harness;
let gateway: TestGateway;
let tenant: TestTenant;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('depot', warehouse);
  // What is counted is statements; on a busy machine they may take longer than a request usually has.
  gateway = await harness.gateway({ requestTimeout: 50_000 });
});
afterAll(() => harness.close());

describe('ten thousand records in one mutation, with everything that is to be kept true of them', () => {
  const create = `mutation ($inputs: [CreateCrateInput!]!) {
    createCrates(inputs: $inputs) { crates { id code number place state shelf { name } } } }`;
  const inputs = Array.from({ length: count }, (_, index) => ({
    code: `bulk ${index}`,
    place: index,
    shelf: { by: { name: `shelf ${index % 3}` } },
    ...(index % 2 === 0 ? { marks: { add: [{ by: { name: 'bulk' } }] } } : {}),
  }));

  beforeAll(async () => {
    for (const name of ['shelf 0', 'shelf 1', 'shelf 2'])
      dataOf(await ask(`mutation { createShelf(input: { name: "${name}" }) { shelf { id } } }`));
    dataOf(await ask('mutation { createMark(input: { name: "bulk" }) { mark { id } } }'));
  });

  test('are created by 30 statements at most, and come back in order', async () => {
    const [{ createCrates }, statements] = await counted(() => ask(create, { inputs }));
    expect(statements).toBeLessThanOrEqual(30);
    const { crates } = createCrates as { crates: Record<string, unknown>[] };
    expect(crates.map(({ code, place, shelf }) => ({ code, place, shelf }))).toEqual(
      inputs.map(({ code, place }) => ({ code, place, shelf: { name: `shelf ${place % 3}` } })),
    );
    expect(crates.every(({ state }) => state === 'PACKED')).toBe(true);
    const numbers = crates.map(({ number }) => Number(number));
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
    expect(await storedCount("data ->> 'code' like 'bulk %'")).toBe(count);
  });

  test('are refused as a whole for one value that is taken, which is told with its index', async () => {
    const others = inputs.map((input, index) =>
      index === 7_777 ? input : { ...input, code: `other ${index}`, shelf: null },
    );
    const answer = await ask(create, { inputs: others });
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'UNIQUE_VIOLATION',
      path: ['inputs', 7_777, 'code'],
      key: 'code',
    });
    expect(await storedCount("data ->> 'code' like 'other %'")).toBe(0);
  });

  test('are changed by few statements, their links to many too', async () => {
    const update = `mutation ($input: UpdateCrateInput!) {
      updateCrates(where: { code: { startsWith: "bulk" } }, input: $input, atMost: ${count}) { crates { id note } } }`;
    const input = { note: 'changed', marks: { set: [{ by: { name: 'bulk' } }] } };
    const [{ updateCrates }, statements] = await counted(() => ask(update, { input }));
    expect(statements).toBeLessThanOrEqual(16);
    const { crates } = updateCrates as { crates: Record<string, unknown>[] };
    expect(crates).toHaveLength(count);
    expect(await storedCount("data ->> 'note' = 'changed'")).toBe(count);
    const links = await asAdmin(harness.database, (admin) =>
      admin.query('select from formwork.record_links'),
    );
    expect(links.rowCount).toBe(count);
  });

  test('are not changed where one more matches than may', async () => {
    const where = 'where: { code: { startsWith: "bulk" } }';
    const text = `mutation { updateCrates(${where}, input: { note: "no" }, atMost: ${count - 1}) { crates { id } } }`;
    expect(codesOf(await ask(text))).toEqual(['LIMIT_EXCEEDED']);
    expect(codesOf(await ask(`mutation { deleteCrates(${where}) { ids } }`))).toEqual(['LIMIT_EXCEEDED']);
    expect(await storedCount("data ->> 'note' = 'changed'")).toBe(count);
  });

  test('are deleted by few statements', async () => {
    const text = `mutation { deleteCrates(where: { code: { startsWith: "bulk" } }, atMost: ${count}) { ids } }`;
    const [{ deleteCrates }, statements] = await counted(() => ask(text));
    expect(statements).toBeLessThanOrEqual(16);
    expect((deleteCrates as { ids: string[] }).ids).toHaveLength(count);
    expect(await storedCount("entity_type = 'crate'")).toBe(0);
  });

  test('are the most, those that are created inside others counted', async () => {
    const inside = Array.from({ length: count / 2 + 1 }, () => ({ next: { create: {} } }));
    const answer = await ask(create, { inputs: inside });
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      limit: count,
      found: count + 2,
    });
  });

  afterEach(async () => {
    expect(await asAdmin(harness.database, findBroken)).toEqual({});
  });
});

/** The data of the answer, and how many statements it took, those that begin and commit and set the tenant included. */
async function counted(run: () => ReturnType<typeof ask>): Promise<[Record<string, unknown>, number]> {
  const { answer, messages } = await messagesOf(gateway, run);
  expect(messages.length).toBeGreaterThan(2);
  return [dataOf(answer), messages.flat().length + 2];
}

function ask(text: string, variables?: object) {
  return gateway.ask(tenant.keys.editor, text, variables);
}

function storedCount(condition: string): Promise<number> {
  return asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query(
      `select count(*)::int as count from formwork.records where ${condition}`,
    );
    return rows[0].count;
  });
}
