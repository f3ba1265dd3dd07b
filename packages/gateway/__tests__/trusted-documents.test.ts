/** Trusted documents: what runs, what is refused, and that both lanes say so in the same bytes. */
import {
  addTrustedDocuments,
  hashOfDocument,
  removeTrustedDocuments,
  setDocumentMode,
} from '@formwork/directory';
import { asAdmin } from '@formwork/testkit';
import { createAirport, Harness, type TestGateway, type TestTenant, until } from './harness.ts';
import { type RawAnswer, rawRequest } from './raw-request.ts';

let harness: Harness;
/** Two gateways of one installation, which hear of each other by the database alone: one with both lanes, one with yoga's. */
let fast: TestGateway;
let slow: TestGateway;
let count = 0;

const cities = 'query Cities { airports(orderBy: [{ iata: ASC }]) { nodes { city } } }';
const named = 'query One($iata: String!) { airportByIata(iata: $iata) { city } }';
const create = 'mutation Add { createAirport(input: { iata: "BER" }) { airport { iata } } }';
const idOf = (text: string) => `sha256:${hashOfDocument(text)}`;
const automatic = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: hashOfDocument(text) } });

beforeAll(async () => {
  harness = await Harness.open();
  fast = await harness.gateway({ trustedDocuments: 5 });
  slow = await harness.gateway({ trustedDocuments: 5, fastLane: false });
});
afterAll(() => harness.close());

async function makeTenant(): Promise<TestTenant> {
  count += 1;
  const tenant = await harness.tenant(`skyway-${count}`);
  await createAirport(fast, tenant.keys.editor, 'OSL', 'Oslo');
  return tenant;
}

const add = (tenant: TestTenant, ...documents: (string | { document: string; id: string })[]) =>
  addTrustedDocuments(
    harness.control,
    tenant.id,
    documents.map((one) =>
      typeof one === 'string' ? { document: one, name: '', id: null } : { ...one, name: '' },
    ),
    { by: 'test', limit: 5 },
  );
const mode = (tenant: TestTenant, to: 'off' | 'record' | 'enforce') =>
  setDocumentMode(harness.control, tenant.id, to);

interface Told {
  readonly status: number;
  readonly data?: Record<string, unknown> | null;
  readonly code: unknown;
  readonly message: unknown;
}

/** Asks both gateways, and has them answer in the same bytes. */
async function ask(key: string, params: object, method = 'POST', accept = 'application/json'): Promise<Told> {
  const headers = { accept, authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const search = new URLSearchParams(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  const request =
    method === 'GET'
      ? { method, path: `/graphql?${search}`, headers }
      : { headers, body: JSON.stringify(params) };
  const [quick, whole] = [await rawRequest(fast.url, request), await rawRequest(slow.url, request)];
  expect(comparable(quick)).toEqual(comparable(whole));
  const { data, errors } = JSON.parse(quick.body);
  return {
    status: quick.status,
    data,
    code: errors?.[0]?.extensions.code,
    message: errors?.[0]?.message,
  };
}

function comparable({ status, headers: { date: _, ...headers }, body }: RawAnswer): object {
  return { status, headers, body };
}

const found = { airports: { nodes: [{ city: 'Oslo' }] } };

describe('a document that is trusted', () => {
  let tenant: TestTenant;
  beforeAll(async () => {
    tenant = await makeTenant();
    await add(tenant, cities, named, { document: create, id: '0cc175b9c0f1b6a831c399e269772661' });
  });

  describe.each(['off', 'record', 'enforce'] as const)('in mode %s', (current) => {
    beforeAll(() => mode(tenant, current));

    test.each([
      ['as GraphQL over HTTP names it', { documentId: idOf(cities) }],
      ['in capitals', { documentId: idOf(cities).toUpperCase().replace('SHA256', 'sha256') }],
      ['as Apollo names it', { extensions: automatic(cities) }],
      ['as Relay names it', { doc_id: hashOfDocument(cities) }],
      ['by its text', { query: cities }],
      ['by its text and its hash', { query: cities, extensions: automatic(cities) }],
      ['with both names', { documentId: idOf(cities), extensions: automatic(cities) }],
    ])('runs %s, by POST and GET', async (_, params) => {
      expect(await ask(tenant.keys.viewer, params)).toMatchObject({ status: 200, data: found });
      expect(await ask(tenant.keys.viewer, params, 'GET')).toMatchObject({ status: 200, data: found });
    });

    test('takes variables and an operation name', async () => {
      const params = { documentId: idOf(named), variables: { iata: 'OSL' }, operationName: 'One' };
      const data = { airportByIata: { city: 'Oslo' } };
      expect(await ask(tenant.keys.viewer, params)).toMatchObject({ data });
      expect(await ask(tenant.keys.viewer, params, 'GET')).toMatchObject({ data });
      expect(await ask(tenant.keys.viewer, { ...params, operationName: 'Two' })).toMatchObject({
        code: 'OPERATION_RESOLUTION_FAILURE',
      });
    });

    test('runs by the id that its own tools gave it, and still asks what the caller may', async () => {
      const params = { documentId: '0cc175b9c0f1b6a831c399e269772661' };
      expect(await ask(tenant.keys.viewer, params)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await ask(tenant.keys.editor, params, 'GET')).toMatchObject({
        status: 405,
        code: 'BAD_REQUEST',
      });
    });

    test('is told from a text that is another', async () => {
      for (const params of [
        { query: named, extensions: automatic(cities) },
        { query: cities, documentId: '0cc175b9c0f1b6a831c399e269772661' },
        { documentId: idOf(named), extensions: automatic(cities) },
      ]) {
        expect(await ask(tenant.keys.editor, params)).toMatchObject({ code: 'BAD_REQUEST', data: undefined });
      }
    });

    test.each([
      [{ documentId: 5 }],
      [{ documentId: '' }],
      [{ documentId: 'a b' }],
      [{ documentId: "'; drop table formwork.trusted_documents; --" }],
      [{ documentId: 'x'.repeat(201) }],
      [{ extensions: { persistedQuery: { version: 2, sha256Hash: hashOfDocument(cities) } } }],
      [{ extensions: { persistedQuery: { version: 1 } } }],
      [{ extensions: { persistedQuery: 'x' } }],
      [{}],
    ])('is not asked for by %j', async (params) => {
      expect(await ask(tenant.keys.viewer, params)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    });
  });
});

describe('off', () => {
  test('lets anything run and keeps nothing', async () => {
    const tenant = await makeTenant();
    expect(await ask(tenant.keys.viewer, { query: cities, extensions: automatic(cities) })).toMatchObject({
      data: found,
    });
    // Apollo's and urql's clients then stop to send hashes.
    expect(await ask(tenant.keys.viewer, { extensions: automatic(cities) })).toMatchObject({
      status: 200,
      message: 'PersistedQueryNotSupported',
      code: 'PERSISTED_QUERY_NOT_SUPPORTED',
    });
    expect(await ask(tenant.keys.viewer, { documentId: idOf(cities) })).toMatchObject({
      code: 'PERSISTED_QUERY_NOT_FOUND',
    });
  });
});

describe('record', () => {
  const rows = (tenant: TestTenant) =>
    asAdmin(harness.database, async (admin) => {
      const text = `select document, name, recorded_by, is_recorded from formwork.trusted_documents
        where tenant_id = $1 order by name`;
      return (await admin.query(text, [tenant.id])).rows;
    });

  test('keeps each document once, by whom it was sent first, and no question about the schema', async () => {
    const tenant = await makeTenant();
    await mode(tenant, 'record');
    expect(await ask(tenant.keys.viewer, { extensions: automatic(cities) })).toMatchObject({
      message: 'PersistedQueryNotFound',
      code: 'PERSISTED_QUERY_NOT_FOUND',
    });
    await ask(tenant.keys.viewer, { query: cities, extensions: automatic(cities) });
    // Before it is written, on the gateway that has seen it.
    expect(await ask(tenant.keys.viewer, { extensions: automatic(cities) })).toMatchObject({ data: found });
    await ask(tenant.keys.viewer, { query: cities });
    await ask(tenant.keys.viewer, { query: '{ __schema { queryType { name } } }' });
    await ask(tenant.keys.viewer, { query: 'query Wrong { airprots { id } }' });
    await ask(tenant.keys.viewer, { query: named, variables: { iata: 'OSL' } });
    await until(async () => (await rows(tenant)).length === 2);
    expect(await rows(tenant)).toEqual([
      { document: cities, name: 'Cities', recorded_by: expect.stringMatching(/^key:/), is_recorded: true },
      { document: named, name: 'One', recorded_by: expect.stringMatching(/^key:/), is_recorded: true },
    ]);
    await mode(tenant, 'enforce');
    expect(await ask(tenant.keys.viewer, { query: cities })).toMatchObject({ data: found });
    expect(await ask(tenant.keys.viewer, { query: `${cities} ` })).toMatchObject({
      code: 'DOCUMENT_NOT_TRUSTED',
    });
  });

  test('stops where the tenant has as many as it may, says so, and refuses no request', async () => {
    const tenant = await makeTenant();
    await mode(tenant, 'record');
    for (let number = 0; number < 8; number += 1) {
      const answer = await fast.ask(tenant.keys.viewer, `query Q${number} { airports { totalCount } }`);
      expect(answer.errors).toBeUndefined();
    }
    await until(async () => (await rows(tenant)).length === 5);
    await until(() => fast.lines.some(({ setting }) => setting === 'FORMWORK_TRUSTED_DOCUMENTS'));
    expect(await ask(tenant.keys.viewer, { query: cities })).toMatchObject({ data: found });
    expect(await rows(tenant)).toHaveLength(5);
  });

  test('trusts nothing that was sent before, and written after, the end of recording', async () => {
    const tenant = await makeTenant();
    await mode(tenant, 'record');
    const gateway = await harness.gateway();
    const sneaked = '{ airports { nodes { id } } }';
    await gateway.ask(tenant.keys.viewer, sneaked);
    await mode(tenant, 'enforce');
    // Writes what waits.
    await gateway.close();
    expect(await ask(tenant.keys.viewer, { query: sneaked })).toMatchObject({ code: 'DOCUMENT_NOT_TRUSTED' });
    expect(await rows(tenant)).toEqual([]);
  });
});

describe('enforce', () => {
  let tenant: TestTenant;
  beforeAll(async () => {
    tenant = await makeTenant();
    await add(tenant, cities, named);
    await mode(tenant, 'enforce');
  });

  test.each(['viewer', 'editor', 'designer', 'admin'] as const)(
    'runs no other document, of a %s neither',
    async (role) => {
      const key = tenant.keys[role];
      for (const query of [
        '{ airports { totalCount } }',
        create,
        '{ __typename }',
        'query Cities { airports { nodes { city } } }',
      ]) {
        expect(await ask(key, { query })).toMatchObject({
          status: 403,
          code: 'DOCUMENT_NOT_TRUSTED',
          data: undefined,
          message: expect.stringMatching(/formwork documents add/),
        });
      }
      expect(await ask(key, { documentId: idOf(create) })).toMatchObject({
        status: 200,
        code: 'PERSISTED_QUERY_NOT_FOUND',
      });
      expect(
        await ask(key, { documentId: idOf(create) }, 'POST', 'application/graphql-response+json'),
      ).toMatchObject({
        status: 400,
        code: 'PERSISTED_QUERY_NOT_FOUND',
      });
      expect(await ask(key, { query: create, extensions: automatic(create) })).toMatchObject({
        code: 'DOCUMENT_NOT_TRUSTED',
      });
      const { data } = await ask(key, { query: named, variables: { iata: 'BER' } });
      expect(data).toEqual({ airportByIata: null });
    },
  );

  test('answers questions about the schema to those who may design, and to nobody else', async () => {
    const asked = [
      '{ __schema { types { name } } }',
      'query IntrospectionQuery { ...S } fragment S on Query { __type(name: "Airport") { name } }',
    ];
    for (const query of asked) {
      expect((await ask(tenant.keys.designer, { query })).data).toBeDefined();
      expect((await ask(tenant.keys.admin, { query })).data).toBeDefined();
      expect(await ask(tenant.keys.editor, { query })).toMatchObject({ code: 'DOCUMENT_NOT_TRUSTED' });
    }
    const both = '{ __schema { queryType { name } } airports { totalCount } }';
    expect(await ask(tenant.keys.admin, { query: both })).toMatchObject({ code: 'DOCUMENT_NOT_TRUSTED' });
    const hidden = 'query A { __schema { queryType { name } } } query B { airports { totalCount } }';
    expect(await ask(tenant.keys.admin, { query: hidden, operationName: 'B' })).toMatchObject({
      code: 'DOCUMENT_NOT_TRUSTED',
    });
  });

  test('keeps the limits, also for what is trusted', async () => {
    const strict = await harness.gateway({ maxCost: 10, maxDocument: 300 });
    expect((await strict.ask(tenant.keys.viewer, cities)).errors?.[0]?.extensions.code).toBe(
      'LIMIT_EXCEEDED',
    );
    const huge = `{ airports { totalCount } } # ${'x'.repeat(1_000)}`;
    expect((await strict.ask(tenant.keys.viewer, huge)).errors?.[0]?.extensions).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      setting: 'FORMWORK_MAX_DOCUMENT',
    });
  });

  test('a text that only looks like a trusted one under UTF-8 is another', async () => {
    const marked = '{ airports { totalCount } } # \uFFFD';
    await add(tenant, marked);
    expect((await ask(tenant.keys.viewer, { query: marked })).data).toEqual({ airports: { totalCount: 1 } });
    const lone = { query: '{ airports { totalCount } } # \uD800' };
    expect(hashOfDocument(lone.query)).toBe(hashOfDocument(marked));
    expect(await ask(tenant.keys.viewer, lone)).toMatchObject({ code: 'DOCUMENT_NOT_TRUSTED' });
  });
});

describe('every gateway knows at once', () => {
  test('of a mode, also one that did not hear of it', async () => {
    const tenant = await makeTenant();
    // What a gateway remembers of the caller is older than the change: nothing was announced to it.
    for (const gateway of [fast, slow]) {
      await mode(tenant, 'off');
      expect((await gateway.ask(tenant.keys.editor, cities)).data).toEqual(found);
      await asAdmin(harness.database, (admin) =>
        admin.query(
          "update formwork.tenants set document_mode = 'enforce', access_version = access_version + 1 where id = $1",
          [tenant.id],
        ),
      );
      const refused = await gateway.ask(tenant.keys.editor, create);
      expect(refused).toMatchObject({ errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] });
      expect(refused.data ?? null).toBeNull();
    }
    await mode(tenant, 'off');
    expect(await ask(tenant.keys.editor, { query: named, variables: { iata: 'BER' } })).toMatchObject({
      data: { airportByIata: null },
    });
  });

  test('of what is added and what is removed', async () => {
    const tenant = await makeTenant();
    await mode(tenant, 'enforce');
    expect(await ask(tenant.keys.viewer, { query: cities })).toMatchObject({ code: 'DOCUMENT_NOT_TRUSTED' });
    expect(await ask(tenant.keys.viewer, { documentId: 'nine' })).toMatchObject({
      code: 'PERSISTED_QUERY_NOT_FOUND',
    });
    await add(tenant, { document: cities, id: 'nine' });
    expect(await ask(tenant.keys.viewer, { query: cities })).toMatchObject({ data: found });
    expect(await ask(tenant.keys.viewer, { documentId: 'nine' })).toMatchObject({ data: found });
    await removeTrustedDocuments(harness.control, tenant.id, ['nine']);
    expect(await ask(tenant.keys.viewer, { query: cities })).toMatchObject({ code: 'DOCUMENT_NOT_TRUSTED' });
    expect(await ask(tenant.keys.viewer, { documentId: 'nine' })).toMatchObject({
      code: 'PERSISTED_QUERY_NOT_FOUND',
    });
  });
});

describe('another tenant', () => {
  test('neither runs a document nor learns that it is there', async () => {
    const [one, other] = [await makeTenant(), await makeTenant()];
    const secret = 'query Secret { airports { nodes { iata } } }';
    await add(one, { document: secret, id: 'payroll' }, cities);
    for (const current of ['off', 'record', 'enforce'] as const) {
      await mode(one, current);
      await mode(other, current);
      expect((await ask(one.keys.viewer, { documentId: 'payroll' })).data).toBeDefined();
      for (const [there, nowhere] of [
        [{ documentId: 'payroll' }, { documentId: 'nothing' }],
        [{ documentId: idOf(secret) }, { documentId: idOf('{ nothing }') }],
        [{ extensions: automatic(secret) }, { extensions: automatic('{ nothing }') }],
      ] as const) {
        const answer = await ask(other.keys.admin, there);
        expect(answer.code).toMatch(/^PERSISTED_QUERY_NOT_/);
        expect(answer).toEqual(await ask(other.keys.admin, nowhere));
      }
      if (current === 'enforce')
        expect(await ask(other.keys.admin, { query: secret })).toMatchObject({
          code: 'DOCUMENT_NOT_TRUSTED',
        });
    }
    const { rows } = await asAdmin(harness.database, (admin) =>
      admin.query('select tenant_id from formwork.trusted_documents where hash = $1', [
        hashOfDocument(secret),
      ]),
    );
    expect(rows).toEqual([{ tenant_id: one.id }]);
  });

  test('may name another document by the same id', async () => {
    const [one, other] = [await makeTenant(), await makeTenant()];
    await add(one, { document: cities, id: 'main' });
    await add(other, { document: '{ airports { totalCount } }', id: 'main' });
    expect((await ask(one.keys.viewer, { documentId: 'main' })).data).toEqual(found);
    expect((await ask(other.keys.viewer, { documentId: 'main' })).data).toEqual({
      airports: { totalCount: 1 },
    });
  });
});

test('/design takes texts alone', async () => {
  const tenant = await makeTenant();
  const response = await fetch(`${fast.url}/design`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.keys.admin}` },
    body: JSON.stringify({ documentId: 'x' }),
  });
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
});
