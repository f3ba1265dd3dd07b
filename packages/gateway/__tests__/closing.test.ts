import { withAdmin } from '@formwork/pg';
import { asAdmin } from '@formwork/testkit';
import { type Applied, applyChanges, askAsDesigner, forgetUses } from './designer.ts';
import {
  codesOf,
  dataOf,
  type GraphqlAnswer,
  Harness,
  type TestGateway,
  type TestTenant,
  until,
} from './harness.ts';

/* Between the moment when all gateways have told what is used and the one when a name is gone, no use is lost. */

const rentals = {
  formwork: 1,
  entities: [
    {
      key: 'property',
      fields: [
        { key: 'rent', type: 'decimal', indexed: true },
        { key: 'city', type: 'text' },
      ],
    },
  ],
};

let harness: Harness;
let one: TestGateway;
let two: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  [one, two] = [await harness.gateway(), await harness.gateway()];
});
afterAll(() => harness.close());

const apply = async (tenant: TestTenant, ...changes: readonly object[]) =>
  (await applyChanges(one, tenant, changes)).problems;
/** The design, as a pipeline has it, without what the edit leaves out. */
const applyDocument = async (tenant: TestTenant, edit: (entities: Entities) => Entities) => {
  const registry = await askAsDesigner<{ document: { entities: Entities } }>(
    one,
    tenant,
    '{ registry { document } }',
  );
  const document = { ...registry.document, entities: edit(registry.document.entities) };
  const text = `mutation ($document: JSON!) { applyRegistry(document: $document) ${applied} }`;
  return (await askAsDesigner<Applied>(one, tenant, text, { document })).problems;
};
const applied = '{ version changed problems { code path message } }';
type Entities = readonly { readonly key: string; readonly fields: readonly { readonly key: string }[] }[];
const codes = (problems: Applied['problems']) => problems.map(({ code }) => code);

type Contract = (tenant: TestTenant) => Promise<Applied['problems']>;
const by =
  (change: object): Contract =>
  (tenant) =>
    apply(tenant, change);

/** A way to take away something that clients use: what comes before, what does it, and an operation that uses it. */
const contracts = {
  'an old name of a field': [
    [{ renameField: { entity: 'property', field: 'rent', to: 'monthly_rent' } }],
    by({ dropAlias: { entity: 'property', field: 'monthly_rent', alias: 'rent' } }),
    '{ properties { nodes { rent } } }',
  ],
  'an old name of an entity': [
    [{ renameEntity: { entity: 'property', to: 'home' } }],
    by({ dropAlias: { entity: 'home', alias: 'property' } }),
    '{ properties { nodes { city } } }',
  ],
  'a field': [
    [{ deprecateField: { entity: 'property', field: 'rent', reason: 'Gone.' } }],
    by({ removeField: { entity: 'property', field: 'rent' } }),
    '{ properties(orderBy: [{ rent: ASC }]) { nodes { id } } }',
  ],
  'an entity': [
    [
      { createEntity: { key: 'owner', fields: [{ key: 'name', type: 'text' }] } },
      { deprecateEntity: { entity: 'property', reason: 'Gone.' } },
    ],
    by({ removeEntity: { entity: 'property' } }),
    'mutation { createProperty(input: { city: "Oslo" }) { property { id } } }',
  ],
  'an old name that a document leaves out': [
    [{ renameField: { entity: 'property', field: 'rent', to: 'monthly_rent' } }],
    (tenant) =>
      applyDocument(tenant, (entities) =>
        entities.map(({ fields, ...entity }) => ({
          ...{ ...entity, fields: fields.map((field) => ({ ...field, aliases: [] })) },
        })),
      ),
    '{ properties { nodes { rent } } }',
  ],
  'an entity that a document leaves out': [
    [
      { createEntity: { key: 'owner', fields: [{ key: 'name', type: 'text' }] } },
      { deprecateEntity: { entity: 'property', reason: 'Gone.' } },
    ],
    (tenant) => applyDocument(tenant, (entities) => entities.filter(({ key }) => key !== 'property')),
    '{ properties { nodes { city } } }',
  ],
} satisfies Record<string, readonly [object[], Contract, string]>;
const ways = Object.entries(contracts).map(([what, [before, contract, use]]) => ({
  ...{ what, before, contract, use },
}));
let serial = 0;

describe.each(ways)('$what that is being taken away', ({ before, contract, use }) => {
  let tenant: TestTenant;
  beforeEach(async () => {
    tenant = await harness.tenant(`closing-${++serial}`, rentals);
    // Known to both gateways as it was, so that neither learns of anything by loading it.
    for (const gateway of [one, two]) dataOf(await gateway.ask(tenant.keys.editor, '{ __typename }'));
    expect(await apply(tenant, ...before)).toEqual([]);
  });

  test('and is used once all gateways have told, before it is decided, stays', async () => {
    const [applying] = await whileWriting(tenant, async () => {
      const problems = contract(tenant);
      await until(() => isAnyoneWaiting('advisory'));
      dataOf(await two.ask(tenant.keys.editor, use));
      return [problems] as const;
    });
    expect(codes(await applying)).toEqual(['IN_USE']);
    expect(await closingsOf(tenant)).toBe(0);
    dataOf(await one.ask(tenant.keys.editor, use));
  });

  test('and is used while it is decided is answered when it has gone, by an error', async () => {
    const [problems, late] = await withAdmin(harness.database.adminUrl, async (admin) => {
      // Where a change ends: after it has read what was used.
      await admin.query('begin; lock table formwork.registry_versions in share mode');
      const applying = contract(tenant);
      await until(() => isAnyoneWaiting('relation'));
      const asking = two.ask(tenant.keys.editor, use);
      await until(() => isAnyoneWaiting('transactionid'));
      await admin.query('rollback');
      return [await applying, await asking] as const;
    });
    expect(problems).toEqual([]);
    expect(codesOf(late)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  test('stays or is refused, however closely it is used: nobody is answered by what has gone', async () => {
    const other = '{ __typename }';
    for (let round = 0; round < 4; round += 1) {
      const asked = Array.from({ length: 6 }, async (_, n) => {
        await new Promise((resolve) => setTimeout(resolve, n * 9 + round * 3));
        return (n % 2 ? one : two).ask(tenant.keys.editor, use);
      });
      const bystander = two.ask(tenant.keys.editor, other);
      const problems = await contract(tenant);
      const answers: readonly GraphqlAnswer[] = await Promise.all(asked);
      dataOf(await bystander);
      const answered = answers.filter(({ errors }) => errors === undefined).length;
      if (problems.length === 0) {
        expect(answered).toBe(0);
        return;
      }
      expect(codes(problems)).toEqual(['IN_USE']);
      expect(answered).toBe(answers.length);
      await forgetUses(harness, one, tenant);
    }
    expect(await contract(tenant)).toEqual([]);
  });
});

test('what another tenant has is neither marked nor waited for', async () => {
  const [theirs, mine] = [await harness.tenant('theirs', rentals), await harness.tenant('mine', rentals)];
  const { before, contract, use } = ways[0] as (typeof ways)[number];
  for (const tenant of [theirs, mine]) expect(await apply(tenant, ...before)).toEqual([]);
  await withAdmin(harness.database.adminUrl, async (admin) => {
    await admin.query('begin; lock table formwork.registry_versions in share mode');
    const applying = contract(theirs);
    await until(() => isAnyoneWaiting('relation'));
    dataOf(await two.ask(mine.keys.editor, use));
    expect([await closingsOf(theirs), await closingsOf(mine)]).toEqual([1, 0]);
    await admin.query('rollback');
    expect(await applying).toEqual([]);
  });
  expect(codesOf(await two.ask(theirs.keys.editor, use))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  dataOf(await two.ask(mine.keys.editor, use));
  expect(codes(await contract(mine))).toEqual(['IN_USE']);
});

test('marks of a contract that ended in the middle are taken back by the gateways', async () => {
  const tenant = await harness.tenant('abandoned', rentals);
  await asAdmin(harness.database, async (admin) => {
    await admin.query(
      `insert into formwork.closings (tenant_id, contract, entity_type, field, until)
        values ($1, gen_random_uuid(), 'property', 'rent', now() - interval '1 second')`,
      [tenant.id],
    );
    await admin.query('update formwork.tenants set closing_until = now() where id = $1', [tenant.id]);
  });
  dataOf(await one.ask(tenant.keys.editor, '{ properties { nodes { rent } } }'));
  await until(async () => (await closingsOf(tenant)) === 0);
});

/** While a writer of the tenant holds its lock, for which changes wait. */
async function whileWriting<T>(tenant: TestTenant, work: () => Promise<T>): Promise<T> {
  return withAdmin(harness.database.adminUrl, async (writer) => {
    await writer.query('begin');
    await writer.query('select pg_advisory_xact_lock_shared(formwork.tenant_lock_key($1))', [tenant.id]);
    const done = await work();
    await writer.query('rollback');
    return done;
  });
}

function isAnyoneWaiting(kind: string): Promise<boolean> {
  return asAdmin(harness.database, async (admin) => {
    const waiting = `select from pg_locks join pg_stat_activity using (pid)
      where locktype = $1 and not granted and datname = current_database()`;
    return (await admin.query(waiting, [kind])).rows.length > 0;
  });
}

async function closingsOf(tenant: TestTenant): Promise<number> {
  return asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query('select from formwork.closings where tenant_id = $1', [tenant.id]);
    return rows.length;
  });
}
