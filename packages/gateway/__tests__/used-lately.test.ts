import { withAdmin } from '@formwork/pg';
import { asAdmin } from '@formwork/testkit';
import { codesOf, dataOf, Harness, type TestGateway, type TestTenant, until } from './harness.ts';
import { post, problemsOf, renameRent, rentals, tell, use } from './usage-harness.ts';

/* Before a name is taken away gateways are asked who uses it. */

let harness: Harness;
let one: TestGateway;
let two: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  one = await harness.gateway();
  two = await harness.gateway();
});
afterAll(() => harness.close());

const ask = (tenant: TestTenant, query: string, client?: string, variables?: object) =>
  use(one, tenant, query, client, variables);
const apply = (tenant: TestTenant, changes: readonly object[], days?: number) =>
  problemsOf(one, tenant, changes, days);

describe('what was used lately', () => {
  const drop = { dropAlias: { entity: 'property', field: 'monthly_rent', alias: 'rent' } };

  test('is not taken away, whichever gateway it was used on; the clients are named', async () => {
    const tenant = await harness.tenant('contract', rentals);
    await apply(tenant, [renameRent]);
    dataOf(
      await post(two, tenant.keys.editor, 'query List { properties { nodes { rent } } }', { client: 'app' }),
    );
    const problems = await apply(tenant, [drop]);
    expect(problems.map(({ code, path }) => `${code} at ${path}`)).toEqual([
      'IN_USE at changes[0].dropAlias',
    ]);
    expect(problems[0]?.message).toMatch(
      /^The old name "rent" of "property.monthly_rent" was used within the last 30 days: "app" "1.2" in operation "List" \(selection\), last at .*"force": true\.$/,
    );
    dataOf(await post(one, tenant.keys.editor, '{ properties { nodes { rent } } }'));
    expect(await apply(tenant, [{ dropAlias: { ...drop.dropAlias, force: true } }])).toEqual([]);
    expect(codesOf(await post(one, tenant.keys.editor, '{ properties { nodes { rent } } }'))).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
    ]);
  });

  test.each<[string, string, object, string]>([
    [
      'a field',
      'renameField',
      { entity: 'property', field: 'rent', to: 'monthly_rent' },
      '{ properties(where: { rent: { gt: "1" } }) { totalCount } }',
    ],
    ['an entity', 'renameEntity', { entity: 'property', to: 'home' }, '{ properties { totalCount } }'],
    [
      'an entity in the plural',
      'renameEntity',
      { entity: 'property', to: 'property', plural: 'estates' },
      '{ properties { totalCount } }',
    ],
  ])(
    'keeps the name of %s, which a rename would give up, until somebody insists',
    async (what, kind, named, query) => {
      const slug = what.replaceAll(' ', '-');
      const [tenant, other] = [
        await harness.tenant(slug, rentals),
        await harness.tenant(`${slug}-2`, rentals),
      ];
      const rename = { [kind]: { ...named, keepAlias: false } };
      dataOf(await post(two, tenant.keys.editor, query, { client: 'board' }));
      const problems = await apply(tenant, [rename]);
      expect(problems.map(({ code, path }) => `${code} at ${path}`)).toEqual([
        `IN_USE at changes[0].${kind}`,
      ]);
      expect(problems[0]?.message).toMatch(/^The name ".*"board".*"force": true\.$/);
      dataOf(await post(one, tenant.keys.editor, query));
      const shown = await post(
        one,
        tenant.keys.designer,
        'query ($changes: [ChangeInput!]!) { preview(changes: $changes) { problems { code } } }',
        { path: '/design', variables: { changes: [rename] } },
      );
      expect(dataOf(shown)).toEqual({ preview: { problems: [{ code: 'IN_USE' }] } });
      expect(await apply(other, [rename])).toEqual([]);
      expect(await apply(tenant, [{ [kind]: { ...named, keepAlias: false, force: true } }])).toEqual([]);
      expect(codesOf(await post(two, tenant.keys.editor, query))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    },
  );

  test('is told of a field that gets another type, and of the fields of a key', async () => {
    const tenant = await harness.tenant('affected', rentals);
    await ask(tenant, 'query List { properties(orderBy: [{ rent: ASC }]) { nodes { city } } }', 'list');
    await ask(tenant, 'query Code { propertyByCode(code: "a") { id } }', 'finder');
    await tell(one, tenant);
    const affected = async (change: object) => {
      const shown = await post(
        one,
        tenant.keys.designer,
        `query ($changes: [ChangeInput!]!) {
          preview(changes: $changes) { usedBy { entity field use { client operation } } } }`,
        { path: '/design', variables: { changes: [change] } },
      );
      return (dataOf(shown).preview as { usedBy: unknown }).usedBy;
    };
    expect(
      await affected({
        changeType: { entity: 'property', field: 'rent', type: 'text', newKey: 'rent_text' },
      }),
    ).toEqual([{ entity: 'property', field: 'rent', use: { client: 'list', operation: 'List' } }]);
    const key = { key: 'by_code_and_city', fields: ['code', 'city'] };
    expect(await affected({ addKey: { entity: 'property', key } })).toEqual(
      expect.arrayContaining([
        { entity: 'property', field: 'city', use: { client: 'list', operation: 'List' } },
        { entity: 'property', field: 'code', use: { client: 'finder', operation: 'Code' } },
      ]),
    );
  });

  test('counts although it was used when all gateways had told, while the change waited for writers', async () => {
    const tenant = await harness.tenant('late', rentals);
    await apply(tenant, [renameRent]);
    const problems = await withAdmin(harness.database.adminUrl, async (writer) => {
      await writer.query('begin');
      await writer.query('select pg_advisory_xact_lock_shared(formwork.tenant_lock_key($1))', [tenant.id]);
      const applying = apply(tenant, [drop]);
      await until(() =>
        asAdmin(harness.database, async (admin) => {
          const waiting = `select from pg_locks where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())`;
          return (await admin.query(waiting)).rows.length > 0;
        }),
      );
      dataOf(await post(two, tenant.keys.editor, '{ properties { nodes { rent } } }', { client: 'late' }));
      await writer.query('rollback');
      return applying;
    });
    expect(problems).toMatchObject([{ code: 'IN_USE', message: expect.stringContaining('"late"') }]);
  });

  test('may go once the window has passed, and where only the other name was used', async () => {
    const tenant = await harness.tenant('window', rentals);
    await apply(tenant, [renameRent]);
    await ask(tenant, 'query New { properties { nodes { monthlyRent } } }');
    expect(await apply(tenant, [drop])).toEqual([]);
    await apply(tenant, [{ deprecateField: { entity: 'property', field: 'city', reason: 'Gone.' } }]);
    await ask(tenant, 'query City { properties { nodes { city } } }');
    const remove = { removeField: { entity: 'property', field: 'city' } };
    expect((await apply(tenant, [remove])).map(({ code }) => code)).toEqual(['IN_USE']);
    await asAdmin(harness.database, (admin) =>
      admin.query("update formwork.usage set last_used_at = now() - interval '8 days' where tenant_id = $1", [
        tenant.id,
      ]),
    );
    expect((await apply(tenant, [remove], 10)).map(({ code }) => code)).toEqual(['IN_USE']);
    expect(await apply(tenant, [remove], 7)).toEqual([]);
  });

  test('is a former name of an entity only where a client wrote it', async () => {
    const tenant = await harness.tenant('entities', rentals);
    await apply(tenant, [{ renameEntity: { entity: 'property', to: 'home' } }]);
    await ask(
      tenant,
      'query New { homes { nodes { city } } owners { nodes { properties { nodes { city } } } } }',
    );
    expect(await apply(tenant, [{ dropAlias: { entity: 'home', alias: 'property' } }])).toEqual([]);
    await apply(tenant, [{ renameEntity: { entity: 'home', to: 'house' } }]);
    await ask(tenant, 'query Old { homes { nodes { city } } }');
    const problems = await apply(tenant, [{ dropAlias: { entity: 'house', alias: 'home' } }]);
    expect(problems.map(({ code }) => code)).toEqual(['IN_USE']);
  });

  describe('by a document that leaves it out', () => {
    const withSize = (size: readonly object[]) => ({
      formwork: 1,
      entities: [{ key: 'home', fields: [{ key: 'city', type: 'text' }, ...size] }],
    });
    const size = { key: 'size', type: 'integer' };
    const goingSize = { ...size, deprecated: { reason: 'Gone.' } };
    const use = 'query Sizes { homes(where: { size: { gt: 1 } }) { totalCount } }';

    async function ask(tenant: TestTenant, text: string) {
      const variables = { document: withSize([]) };
      const answer = await post(one, tenant.keys.designer, text, { path: '/design', variables });
      return Object.values(dataOf(answer))[0] as { problems: readonly { code: string; message: string }[] };
    }
    const take = (tenant: TestTenant, more = '') =>
      ask(
        tenant,
        `mutation ($document: JSON!) { applyRegistry(document: $document${more}) { problems { code path message } } }`,
      );

    test('and is deprecated is not taken away, unless that is forced, and the clients are named', async () => {
      const tenant = await harness.tenant('kept', withSize([goingSize]));
      dataOf(await post(two, tenant.keys.editor, use, { client: 'old-app' }));
      const refused = {
        code: 'IN_USE',
        path: 'entities[0].fields',
        message: expect.stringMatching(
          /^The field "home.size" was used within the last 30 days: "old-app" "1.2" in operation "Sizes" \(filter\), last at .* or say "force": true.*\.$/,
        ),
      };
      expect((await take(tenant)).problems).toEqual([refused]);
      const preview = (force: boolean) =>
        ask(
          tenant,
          `query ($document: JSON!) { previewRegistry(document: $document, force: ${force}) {
             isApplicable problems { code path message } usedBy { entity field } } }`,
        );
      const usedBy = [{ entity: 'home', field: 'size' }];
      expect(await preview(false)).toEqual({ isApplicable: false, problems: [refused], usedBy });
      expect(await preview(true)).toEqual({ isApplicable: true, problems: [], usedBy });
      dataOf(await post(two, tenant.keys.editor, use));
      expect((await take(tenant, ', unusedForDays: 0')).problems).toEqual([]);
      expect(codesOf(await post(two, tenant.keys.editor, use))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    });

    test('is taken away by force, where another tenant alone uses it, and where it was on no way out', async () => {
      const mine = await harness.tenant('own-size', withSize([goingSize]));
      const theirs = await harness.tenant('their-size', withSize([goingSize]));
      const plain = await harness.tenant('outright', withSize([size]));
      for (const tenant of [theirs, plain])
        dataOf(await post(two, tenant.keys.editor, use, { client: 'secret-app' }));
      expect((await take(mine)).problems).toEqual([]);
      expect((await take(theirs)).problems).toMatchObject([{ code: 'IN_USE' }]);
      expect((await take(theirs, ', force: true')).problems).toEqual([]);
      expect((await take(plain)).problems).toEqual([]);
    });
  });

  test('is undone with what it came with', async () => {
    const tenant = await harness.tenant('undone', rentals);
    const added = { addField: { entity: 'property', field: { key: 'size', type: 'integer' } } };
    expect(await apply(tenant, [added])).toEqual([]);
    dataOf(await post(two, tenant.keys.editor, '{ properties(where: { size: { gt: 1 } }) { totalCount } }'));
    const undo = 'mutation { revert(version: 2) { problems { code } } }';
    expect(dataOf(await post(one, tenant.keys.designer, undo, { path: '/design' }))).toEqual({
      revert: { problems: [] },
    });
  });

  test('is in the preview, for whatever changes it', async () => {
    const tenant = await harness.tenant('preview', rentals);
    await ask(tenant, 'query City { properties { nodes { city } } }');
    await tell(one, tenant);
    const answer = await post(
      one,
      tenant.keys.designer,
      `{ preview(changes: [{ changeField: { entity: "property", field: "city", options: { maxLength: 9 } } }]) {
        isApplicable usedBy { entity field use { client operation } } } }`,
      { path: '/design' },
    );
    expect(dataOf(answer).preview).toEqual({
      isApplicable: true,
      usedBy: [{ entity: 'property', field: 'city', use: { client: 'app', operation: 'City' } }],
    });
  });
});

test('a gateway that stopped without a word does not hold up a contract for ever', async () => {
  await asAdmin(harness.database, (admin) =>
    admin.query(
      "insert into formwork.gateways (id, seen_at, told) values (gen_random_uuid(), now() - interval '10 seconds', 0)",
    ),
  );
  const tenant = await harness.tenant('dead-gateway', rentals);
  await apply(tenant, [renameRent]);
  expect(
    await apply(tenant, [{ dropAlias: { entity: 'property', field: 'monthly_rent', alias: 'rent' } }]),
  ).toEqual([]);
});

test('a gateway gives signs of life however many change their designs through it', async () => {
  const crowd = await Promise.all(Array.from({ length: 6 }, (_, n) => harness.tenant(`busy-${n}`, rentals)));
  await asAdmin(harness.database, async (admin) => {
    const lastSeen = async () => {
      const { rows } = await admin.query<{ seen: string }>(
        'select min(seen_at)::text as seen from (select seen_at from formwork.gateways order by seen_at desc limit 2) g',
      );
      return rows[0]?.seen ?? '';
    };
    await admin.query('begin; lock table formwork.registry_versions in access exclusive mode');
    const changes = crowd.map((tenant) => apply(tenant, [renameRent]).catch(() => {}));
    const before = await lastSeen();
    await until(async () => (await lastSeen()) > before);
    await admin.query('rollback');
    await Promise.all(changes);
  });
});
