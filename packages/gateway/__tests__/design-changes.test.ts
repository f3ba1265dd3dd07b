import { addTrustedDocuments, hashOfDocument } from '@formwork/directory';
import { asAdmin } from '@formwork/testkit';
import { applyChanges } from './designer.ts';
import { codesOf, createAirport, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';

/* The registry changed by lists of changes, over HTTP: previewed, applied, undone; and clients of yesterday. */

let harness: Harness;
let gateway: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway();
});
afterAll(() => harness.close());

interface Preview {
  readonly version: number;
  readonly isApplicable: boolean;
  readonly level: string | null;
  readonly problems: readonly {
    readonly code: string;
    readonly path: string;
    readonly records: { readonly count: number; readonly examples: readonly string[] } | null;
  }[];
  readonly changes: readonly {
    readonly level: string;
    readonly apiChanges: readonly { readonly message: string }[];
  }[];
  readonly sdl: { readonly before: string; readonly after: string; readonly diff: string } | null;
  readonly backfill: readonly unknown[];
}

const apply = (tenant: TestTenant, changes: readonly object[], version?: number) =>
  applyChanges(gateway, tenant, changes, { version });

async function preview(tenant: TestTenant, changes: readonly object[]): Promise<Preview> {
  const answer = await gateway.askDesign(
    tenant.keys.designer,
    `query ($changes: [ChangeInput!]!) {
      preview(changes: $changes) {
        version isApplicable level
        problems { code path records { count examples } }
        changes { level apiChanges { message } }
        sdl { before after diff }
        backfill { entity records }
      }
    }`,
    { changes },
  );
  return dataOf(answer).preview as Preview;
}

const rename = { renameField: { entity: 'airport', field: 'city', to: 'town' } };

test('a preview shows the schema of then, what it means to clients, and changes nothing', async () => {
  const tenant = await harness.tenant('previewed');
  const shown = await preview(tenant, [
    rename,
    { renameField: { entity: 'flight', field: 'seats', to: 'places', keepAlias: false } },
    { relabelField: { entity: 'flight', field: 'number', label: 'Flight number' } },
    { indexField: { entity: 'airport', field: 'iata' } },
  ]);
  expect(shown).toMatchObject({ version: 1, isApplicable: true, level: 'BREAKING', problems: [] });
  expect(shown.changes.map(({ level }) => level)).toEqual(['DANGEROUS', 'BREAKING', 'SAFE', 'SAFE']);
  expect(shown.changes[1]?.apiChanges.map(({ message }) => message)).toContain('Flight.seats was removed.');
  expect(shown.sdl?.diff).toMatch(/^@@ /);
  expect(shown.sdl?.diff).toContain('+  city: String @deprecated(reason: "Renamed to \\"town\\".")');
  expect(shown.sdl?.diff).toContain('-  seats: Int\n');
  const response = await fetch(`${gateway.url}/schema.graphql`, {
    headers: { authorization: `Bearer ${tenant.keys.editor}` },
  });
  expect((await response.text()).trim()).toBe(shown.sdl?.before.trim());
});

test('trusted documents that would not run any more are named, with who sends them; of another tenant none', async () => {
  const [mine, theirs] = [await harness.tenant('trusting'), await harness.tenant('trusting-too')];
  const broken = 'query Cities { airports { nodes { city } } }';
  const documents = [
    { document: broken, name: 'Cities', id: 'cities' },
    { document: 'query Codes { airports { nodes { iata } } }', name: 'Codes', id: null },
    { document: 'query Never { nothing }', name: 'Never', id: null },
    { document: 'no GraphQL', name: '', id: null },
  ];
  await addTrustedDocuments(harness.control, mine.id, documents, { by: 'a pipeline', limit: 9 });
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${mine.keys.viewer}`,
      'x-client-name': 'board',
    },
    body: JSON.stringify({ query: broken }),
  });
  dataOf((await response.json()) as Parameters<typeof dataOf>[0]);
  const remove = { removeField: { entity: 'airport', field: 'city', force: true } };
  // Has the gateways tell.
  await apply(mine, [{ dropAlias: { entity: 'airport', alias: 'none' } }]);
  const previewed = async (tenant: TestTenant, changes: readonly object[]) =>
    (
      dataOf(
        await gateway.askDesign(
          tenant.keys.designer,
          `query ($changes: [ChangeInput!]!) {
            preview(changes: $changes) { brokenDocuments { documentId ids name recordedBy clients problems } } }`,
          { changes },
        ),
      ).preview as { brokenDocuments: unknown }
    ).brokenDocuments;
  expect(await previewed(mine, [remove])).toEqual([
    {
      ...{ documentId: `sha256:${hashOfDocument(broken)}`, ids: ['cities'], name: 'Cities' },
      ...{ recordedBy: 'a pipeline', clients: ['board'] },
      problems: ['Cannot query field "city" on type "Airport". (line 1, column 35)'],
    },
  ]);
  expect(await previewed(mine, [rename])).toEqual([]);
  expect(await previewed(theirs, [remove])).toEqual([]);
});

test('records that break a rule are counted, with examples', async () => {
  const tenant = await harness.tenant('misfits');
  const id = await createAirport(gateway, tenant.keys.editor, 'AAA');
  const shown = await preview(tenant, [
    { changeField: { entity: 'airport', field: 'city', required: true } },
  ]);
  expect(shown.problems).toEqual([
    {
      code: 'VALUES_MISSING',
      path: 'changes[0].changeField.required',
      records: { count: 1, examples: [id] },
    },
  ]);
  expect(shown.isApplicable).toBe(false);
});

test('each change is classified by what it does where there are records', async () => {
  const tenant = await harness.tenant('classified');
  await createAirport(gateway, tenant.keys.editor, 'BER');
  const { level, changes } = await preview(tenant, [
    { changeType: { entity: 'airport', field: 'city', type: 'long_text', newKey: 'place' } },
    { changeType: { entity: 'airport', field: 'iata', type: 'long_text' } },
    { addKey: { entity: 'airport', key: { key: 'by_city', fields: ['city'] } } },
  ]);
  expect(level).toBe('DANGEROUS');
  expect(changes.map((change) => change.level)).toEqual(['SAFE', 'SAFE', 'DANGEROUS']);
  // It is there at once, so few records are there.
  expect(JSON.stringify(changes[2]?.apiChanges)).toContain('byCity');
});

test('all problems come at once, each with its place, and nothing is applied', async () => {
  const tenant = await harness.tenant('problems');
  const { problems, ...rest } = await apply(tenant, [
    { addField: { entity: 'airport', field: { key: 'gates', type: 'integer' } } },
    { removeEntity: { entity: 'airport', force: true } },
    { renameField: { entity: 'flight', field: 'number', to: 'id' } },
  ]);
  expect(rest).toEqual({ version: 1, changed: false });
  expect(problems.map(({ code, path }) => `${code} at ${path}`)).toEqual([
    'CONTRADICTION at changes[1].removeEntity',
    'NAME_RESERVED at changes[2].renameField.to',
  ]);
});

test('a stale version is an error, and nothing is applied', async () => {
  const tenant = await harness.tenant('stale');
  await apply(tenant, [rename], 1);
  const answer = await gateway.askDesign(
    tenant.keys.designer,
    'mutation { apply(changes: [{ indexField: { entity: "airport", field: "iata" } }], expectedVersion: 1) { version } }',
  );
  expect(codesOf(answer)).toEqual(['SCHEMA_CHANGED']);
  expect(dataOf(await gateway.askDesign(tenant.keys.designer, '{ registry { version } }'))).toEqual({
    registry: { version: 2 },
  });
});

test.each(['viewer', 'editor'] as const)(
  'the role %s neither previews nor applies nor undoes',
  async (role) => {
    const tenant = await harness.tenant(`closed-to-${role}s`);
    const changes = '[{ indexField: { entity: "airport", field: "iata" } }]';
    for (const operation of [
      `{ preview(changes: ${changes}) { version } }`,
      `mutation { apply(changes: ${changes}) { version } }`,
      'mutation { revert(version: 1) { version } }',
      '{ previewRevert(version: 1) { version } }',
    ]) {
      expect(codesOf(await gateway.askDesign(tenant.keys[role], operation))).toEqual(['FORBIDDEN']);
    }
  },
);

test('a designer reaches nothing of another tenant', async () => {
  const [mine, theirs] = [await harness.tenant('mine'), await harness.tenant('theirs')];
  await apply(theirs, [{ createEntity: { key: 'secret', fields: [{ key: 'plan', type: 'text' }] } }]);
  const { problems } = await apply(mine, [{ relabelEntity: { entity: 'secret', label: 'Mine now' } }]);
  expect(problems.map(({ code }) => code)).toEqual(['ENTITY_MISSING']);
  const shown = dataOf(
    await gateway.askDesign(
      mine.keys.designer,
      '{ history { version document } previewRevert(version: 2) { problems { code } } registry { document } }',
    ),
  );
  expect(JSON.stringify(shown)).not.toContain('secret');
  expect(shown.previewRevert).toEqual({ problems: [{ code: 'VERSION_UNKNOWN' }] });
  // It is there.
  expect(
    JSON.stringify(dataOf(await gateway.askDesign(theirs.keys.designer, '{ registry { document } }'))),
  ).toContain('secret');
});

describe('clients of yesterday', () => {
  let tenant: TestTenant;
  let id: string;
  const ask = async (query: string, variables?: object) =>
    dataOf(await gateway.ask(tenant.keys.editor, query, variables));

  beforeAll(async () => {
    tenant = await harness.tenant('renaming');
    id = await createAirport(gateway, tenant.keys.editor, 'BER');
    await ask(
      'mutation ($id: ID!) { updateAirport(id: $id, input: { city: "Berlin" }) { airport { id } } }',
      { id },
    );
    await ask(
      'mutation ($id: ID!) { createFlight(input: { number: "FW1", seats: 3, origin: { id: $id } }) { flight { id } } }',
      { id },
    );
    const { problems } = await apply(tenant, [
      rename,
      { renameField: { entity: 'airport', field: 'iata', to: 'code' } },
      { renameEntity: { entity: 'airport', to: 'airfield' } },
      { renameField: { entity: 'flight', field: 'origin', to: 'departs_from' } },
    ]);
    expect(problems).toEqual([]);
  });

  test('read by the old names what those of today read by the new ones, in one operation too', async () => {
    const old = '{ iata city departures { nodes { number origin { city } } } }';
    const now = '{ code town departures { nodes { number departsFrom { town } } } }';
    const values = { departures: { nodes: [{ number: 'FW1' }] } };
    expect(await ask(`{ airports { nodes ${old} } airportByIata(iata: "BER") ${old} }`)).toMatchObject({
      airports: { nodes: [{ iata: 'BER', city: 'Berlin', ...values }] },
      airportByIata: { iata: 'BER', departures: { nodes: [{ origin: { city: 'Berlin' } }] } },
    });
    expect(
      await ask(`query { airfields { nodes ${now} } airfieldByCode(code: "BER") { ...it city iata } }
        fragment it on Airfield ${now}`),
    ).toMatchObject({
      airfields: { nodes: [{ code: 'BER', town: 'Berlin', ...values }] },
      airfieldByCode: { code: 'BER', town: 'Berlin', city: 'Berlin', iata: 'BER' },
    });
    expect(
      await ask('query ($id: ID!) { node(id: $id) { __typename ... on Airport { city } } }', { id }),
    ).toEqual({
      node: { __typename: 'Airport', city: 'Berlin' },
    });
  });

  test('filter, sort, group and page by either name', async () => {
    expect(
      await ask(`{
        old: airports(where: { city: { eq: "Berlin" } }, orderBy: [{ city: ASC }]) { totalCount }
        now: airfields(where: { town: { eq: "Berlin" } }, orderBy: [{ town: DESC }]) { totalCount }
        none: airports(where: { city: { ne: "Berlin" } }) { totalCount }
        flights(where: { origin: { city: { eq: "Berlin" } } }, orderBy: [{ origin: { iata: ASC } }]) { totalCount }
        airportsAggregate(groupBy: [{ city: true }]) { keys count min { city } max { town } }
      }`),
    ).toEqual({
      old: { totalCount: 1 },
      now: { totalCount: 1 },
      none: { totalCount: 0 },
      flights: { totalCount: 1 },
      airportsAggregate: [{ keys: ['Berlin'], count: 1, min: { city: 'Berlin' }, max: { town: 'Berlin' } }],
    });
  });

  test('write by either name, and the database has one value', async () => {
    const create = await ask(
      `mutation ($input: CreateAirportInput!) { createAirport(input: $input) { airport { id iata town } } }`,
      { input: { iata: 'OLD', city: 'Oldham' } },
    );
    expect(create.createAirport).toMatchObject({ airport: { iata: 'OLD', town: 'Oldham' } });
    const upsert = await ask(
      `mutation ($input: CreateAirfieldInput!) {
        upsertAirfield(by: { code: "OLD" }, input: $input) { created airfield { code city } }
        upsertAirport(by: { iata: "NEW" }, input: { city: "Newport" }) { created airport { iata city } }
        createFlight(input: { number: "FW2", origin: { by: { iata: "OLD" } } }) { flight { departsFrom { code } } }
      }`,
      { input: { town: 'Olden' } },
    );
    expect(upsert).toEqual({
      upsertAirfield: { created: false, airfield: { code: 'OLD', city: 'Olden' } },
      upsertAirport: { created: true, airport: { iata: 'NEW', city: 'Newport' } },
      createFlight: { flight: { departsFrom: { code: 'OLD' } } },
    });
    const rows = await asAdmin(harness.database, async (admin) => {
      const { rows: found } = await admin.query(
        `select data from formwork.records where tenant_id = $1 and entity_type = 'airport' and data ->> 'iata' in ('OLD', 'NEW')
         order by id`,
        [tenant.id],
      );
      return found.map(({ data }) => data);
    });
    expect(rows).toEqual([
      { iata: 'OLD', city: 'Olden' },
      { iata: 'NEW', city: 'Newport' },
    ]);
  });

  test('are told what is wrong by the name that they used, and that two names are one field', async () => {
    const wrong = await gateway.ask(
      tenant.keys.editor,
      'mutation { createAirport(input: { iata: "toolong" }) { airport { id } } }',
    );
    expect(wrong.errors?.[0]?.extensions.violations).toMatchObject([
      { path: ['input', 'iata'], code: 'PATTERN' },
    ]);
    const twice = await gateway.ask(
      tenant.keys.editor,
      'mutation { createAirport(input: { iata: "AAA", code: "BBB" }) { airport { id } } }',
    );
    expect(twice.errors?.[0]?.extensions.violations).toMatchObject([
      { path: ['input', 'iata'], code: 'DUPLICATE' },
    ]);
  });

  test('are refused once the old names are dropped, and those of today go on', async () => {
    const after = await apply(tenant, [
      { dropAlias: { entity: 'airfield', field: 'town', alias: 'city', force: true } },
      { dropAlias: { entity: 'airfield', alias: 'airport', force: true } },
    ]);
    expect(after.problems).toEqual([]);
    expect(codesOf(await gateway.ask(tenant.keys.editor, '{ airports { nodes { id } } }'))).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
    ]);
    expect(
      await ask('query ($id: ID!) { node(id: $id) { __typename ... on Airfield { town code iata } } }', {
        id,
      }),
    ).toEqual({ node: { __typename: 'Airfield', town: 'Berlin', code: 'BER', iata: 'BER' } });
  });
});

test('a change is undone, the very next request is answered by it, and the history tells of both', async () => {
  const tenant = await harness.tenant('undone');
  const id = await createAirport(gateway, tenant.keys.editor, 'BER');
  await apply(tenant, [rename]);
  dataOf(
    await gateway.ask(
      tenant.keys.editor,
      'mutation ($id: ID!) { updateAirport(id: $id, input: { town: "Berlin" }) { airport { id } } }',
      { id },
    ),
  );
  const shown = await gateway.askDesign(
    tenant.keys.designer,
    '{ previewRevert(version: 2) { isApplicable level problems { message } } }',
  );
  expect(dataOf(shown).previewRevert).toMatchObject({ isApplicable: true, problems: [] });
  const undone = await gateway.askDesign(
    tenant.keys.designer,
    'mutation { revert(version: 2, expectedVersion: 2) { version problems { message } } }',
  );
  expect(dataOf(undone).revert).toEqual({ version: 3, problems: [] });
  expect(
    dataOf(await gateway.ask(tenant.keys.viewer, '{ airportByIata(iata: "BER") { city town } }')),
  ).toEqual({
    airportByIata: { city: 'Berlin', town: 'Berlin' },
  });
  const { history } = dataOf(
    await gateway.askDesign(
      tenant.keys.designer,
      '{ history { version appliedBy changes { message } } registry { entity(key: "airport") { field(key: "city") { aliases { key since } } } } }',
    ),
  ) as {
    history: readonly { version: number; appliedBy: string; changes: readonly { message: string }[] }[];
  };
  expect(history.map(({ version }) => version)).toEqual([3, 2, 1]);
  expect(history[0]?.appliedBy).toMatch(/^key:/);
  expect(history[1]?.changes.map(({ message }) => message)).toContain(
    'Field "airport.town": key changed from "city" to "town".',
  );
});
