import { asAdmin } from '@formwork/testkit';
import {
  codesOf,
  createAirport,
  dataOf,
  Harness,
  isHeldUp,
  type TestGateway,
  type TestTenant,
  until,
} from './harness.ts';
import { messagesOf } from './messages-of.ts';
import { rawRequest } from './raw-request.ts';

let harness: Harness;
let tenant: TestTenant;
let gateway: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
  gateway = await harness.gateway();
});
afterAll(() => harness.close());

async function countAirports(): Promise<number> {
  return asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query(
      "select count(*)::int as count from formwork.records where tenant_id = $1 and entity_type = 'airport'",
      [tenant.id],
    );
    return rows[0].count;
  });
}

test('answers a query over links with at most three statements for any number of flights', async () => {
  const { editor } = tenant.keys;
  const ids = [
    await createAirport(gateway, editor, 'AAA', 'Anaa'),
    await createAirport(gateway, editor, 'BBB', 'Bonn'),
  ];
  const flights = ids
    .concat(ids, ids)
    .map(
      (id, n) => `f${n}: createFlight(input: { number: "X${n}", origin: { id: "${id}" } }) { flight { id } }`,
    );
  dataOf(await gateway.ask(editor, `mutation { ${flights.join(' ')} }`));
  const { answer, messages } = await messagesOf(gateway, () =>
    gateway.ask(editor, '{ flights { totalCount nodes { number origin { iata } } } }'),
  );
  expect(dataOf(answer).flights).toMatchObject({ totalCount: 6, nodes: expect.any(Array) });
  const nodes = (dataOf(answer).flights as { nodes: { origin: { iata: string } }[] }).nodes;
  expect(nodes.map(({ origin }) => origin.iata).sort()).toEqual(['AAA', 'AAA', 'AAA', 'BBB', 'BBB', 'BBB']);
  const count = messages.flat().length;
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThanOrEqual(3);
});

test('answers what can be read when something else cannot', async () => {
  const { editor } = tenant.keys;
  const answer = await gateway.ask(
    editor,
    '{ good: airports(first: 1) { nodes { id } } bad: airport(id: "x") { id } }',
  );
  expect(answer.data?.good).toBeTruthy();
});

test('commits before it answers', async () => {
  const id = await createAirport(gateway, tenant.keys.editor, 'CCC');
  const rows = await asAdmin(harness.database, async (admin) => {
    const found = await admin.query('select created_by, data from formwork.records where id = $1', [id]);
    return found.rows;
  });
  expect(rows).toEqual([{ created_by: expect.stringMatching(/^key:/), data: { iata: 'CCC' } }]);
});

test('applies all of a mutation or nothing', async () => {
  const before = await countAirports();
  const answer = await gateway.ask(
    tenant.keys.editor,
    `mutation {
      a: createAirport(input: { iata: "DDD" }) { airport { id } }
      b: createAirport(input: { iata: "no" }) { airport { id } }
      c: createAirport(input: { iata: "EEE" }) { airport { id } }
    }`,
  );
  expect(answer.data).toBeNull();
  expect(codesOf(answer)).toEqual(['VALIDATION_FAILED']);
  expect(answer.errors?.[0]?.path).toEqual(['b']);
  expect(answer.errors?.[0]?.extensions.violations).toMatchObject([
    { path: ['input', 'iata'], code: 'PATTERN' },
  ]);
  expect(await countAirports()).toBe(before);
});

test('rolls back for an error deep in what a mutation answers', async () => {
  const before = await countAirports();
  const answer = await gateway.ask(
    tenant.keys.editor,
    'mutation { createAirport(input: { iata: "FFF" }) { airport { departures(first: -1) { nodes { id } } } } }',
  );
  expect(answer.data).toBeNull();
  expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
  expect(await countAirports()).toBe(before);
});

test('a mutation sees what it has written before', async () => {
  const answer = await gateway.ask(
    tenant.keys.editor,
    `mutation {
      createAirport(input: { iata: "GGG" }) { airport { id } }
      createFlight(input: { number: "1", origin: { by: { iata: "GGG" } } }) { flight { origin { iata departures { totalCount } } } }
    }`,
  );
  expect(dataOf(answer).createFlight).toEqual({
    flight: { origin: { iata: 'GGG', departures: { totalCount: 1 } } },
  });
});

test('names the record that has a unique value already', async () => {
  const { editor } = tenant.keys;
  const id = await createAirport(gateway, editor, 'HHH');
  const answer = await gateway.ask(
    editor,
    'mutation { createAirport(input: { iata: "HHH" }) { airport { id } } }',
  );
  expect(answer.data).toBeNull();
  expect(codesOf(answer)).toEqual(['UNIQUE_VIOLATION']);
  expect(JSON.stringify(answer.errors)).toContain(id);
});

test('of many writers of one unique value one wins, and the others hear who', async () => {
  const { editor } = tenant.keys;
  const text = 'mutation { createAirport(input: { iata: "III" }) { airport { id } } }';
  const answers = await Promise.all(Array.from({ length: 8 }, () => gateway.ask(editor, text)));
  const refused = answers.filter(({ errors }) => errors);
  expect(refused).toHaveLength(7);
  for (const answer of refused) expect(codesOf(answer)).toEqual(['UNIQUE_VIOLATION']);
});

test('a viewer reads, and is refused to write', async () => {
  const { viewer } = tenant.keys;
  dataOf(await gateway.ask(viewer, '{ airports { totalCount } }'));
  const before = await countAirports();
  const answer = await gateway.ask(
    viewer,
    'mutation { createAirport(input: { iata: "JJJ" }) { airport { id } } }',
  );
  expect(codesOf(answer)).toEqual(['FORBIDDEN']);
  expect(await countAirports()).toBe(before);
});

test('refuses a NUL byte, and quotes no SQL', async () => {
  const { editor } = tenant.keys;
  const answer = await gateway.ask(
    editor,
    'query ($c: String!) { airports(where: { city: { eq: $c } }) { nodes { id } } }',
    {
      c: 'a\0b',
    },
  );
  expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
  expect(JSON.stringify(answer)).not.toMatch(/select|formwork_views|stack/i);
});

test('a mutation whose time is over between two of its writes is told so', async () => {
  const tenant = await harness.tenant('midway');
  const hasty = await harness.gateway({ requestTimeout: 150 });
  const { editor } = tenant.keys;
  await createAirport(hasty, editor, 'AAA').catch(() => null);
  const upserts = Array.from({ length: 90 }, (_, index) => {
    const iata = `B${String.fromCharCode(65 + (index % 26), 65 + Math.floor(index / 26))}`;
    return `a${index}: upsertAirport(by: { iata: "${iata}" }, input: { city: "Midway" }) { airport { id } }`;
  });
  const text = `mutation { ${upserts.join(' ')} }`;
  for (let round = 0; round < 12; round += 1) {
    const answer = await hasty.ask(editor, text);
    if (answer.errors) expect(codesOf(answer)).toEqual(['TIMEOUT']);
  }
});

test('stops a request that takes too long, and says so', async () => {
  const hasty = await harness.gateway({ requestTimeout: 1_000 });
  // The first one connects and reads the registry, for which a busy machine may need more.
  const isServed = async () => !(await hasty.ask(tenant.keys.editor, '{ airports { totalCount } }')).errors;
  await until(isServed);
  await asAdmin(harness.database, async (admin) => {
    await admin.query('begin');
    await admin.query('lock table formwork.records in access exclusive mode');
    const { editor } = tenant.keys;
    const [read, written] = await Promise.all([
      hasty.ask(editor, '{ airports { totalCount } }'),
      hasty.ask(editor, 'mutation { createAirport(input: { iata: "KKK" }) { airport { id } } }'),
    ]);
    await admin.query('rollback');
    expect(codesOf(read)).toEqual(['TIMEOUT']);
    expect(codesOf(written)).toEqual(['TIMEOUT']);
    expect(written.data).toBeNull();
  });
  await until(isServed);
  expect(await harnessHas('KKK')).toBe(false);
});

test('cancels what a client no longer waits for', async () => {
  const { editor } = tenant.keys;
  await asAdmin(harness.database, async (admin) => {
    await admin.query('begin');
    await admin.query('lock table formwork.records in access exclusive mode');
    const leaving = new AbortController();
    const asked = fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': editor },
      body: JSON.stringify({ query: '{ airports { totalCount } }' }),
      signal: leaving.signal,
    });
    await until(() => isHeldUp(harness.database));
    leaving.abort();
    await expect(asked).rejects.toThrow();
    // While the lock is still held.
    await until(async () => !(await isHeldUp(harness.database)));
    await admin.query('rollback');
  });
  await until(() => gateway.lines.some(({ status }) => status === 499));
});

test('masks what is unexpected, with an id that is in the log', async () => {
  const { editor } = tenant.keys;
  await asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query(
      'select view_name from formwork.entity_types where tenant_id = $1 and key = $2',
      [tenant.id, 'flight'],
    );
    const view = `formwork_views.${rows[0].view_name}`;
    await admin.query(`revoke select on ${view} from formwork_gateway`);
    const answer = await gateway.ask(
      editor,
      '{ flights { nodes { id } } airports(first: 1) { nodes { id } } }',
    );
    await admin.query(`grant select on ${view} to formwork_gateway`);
    expect(codesOf(answer)).toEqual(['INTERNAL']);
    const id = answer.errors?.[0]?.extensions.id;
    expect(answer.errors?.[0]?.message).toContain(String(id));
    expect(JSON.stringify(answer)).not.toMatch(/permission|select|view_/i);
    const line = gateway.lines.find(({ errorId }) => errorId === id);
    expect(JSON.stringify(line)).toContain('permission denied');
  });
});

test('logs a line for each request, without keys and values', async () => {
  const { editor } = tenant.keys;
  await gateway.ask(editor, 'query Cities($iata: String!) { airportByIata(iata: $iata) { city } }', {
    iata: 'ZZZ',
  });
  const line = gateway.lines.filter(({ msg }) => msg === 'request').at(-1);
  expect(line).toMatchObject({
    tenant: 'skyway',
    operation: 'Cities',
    type: 'query',
    status: 200,
    method: 'POST',
    path: '/graphql',
    milliseconds: expect.any(Number),
    request: expect.any(String),
  });
  const all = JSON.stringify(gateway.lines);
  expect(all).not.toContain(editor);
  expect(all).not.toContain('ZZZ');
});

test('keeps answering while a body comes that is far too large', async () => {
  const answer = await rawRequest(gateway.url, {
    headers: { 'content-type': 'application/json', 'x-api-key': tenant.keys.editor },
    body: Buffer.alloc(32 * 1024 * 1024, 0x20),
    chunked: true,
  }).catch((error: Error) => error);
  // The gateway may hang up before all of it is sent.
  if (!(answer instanceof Error)) expect(answer.status).toBe(413);
  dataOf(await gateway.ask(tenant.keys.editor, '{ __typename }'));
});

async function harnessHas(iata: string): Promise<boolean> {
  const answer = await gateway.ask(tenant.keys.editor, `{ airportByIata(iata: "${iata}") { id } }`);
  return dataOf(answer).airportByIata !== null;
}
