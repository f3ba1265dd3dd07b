import { createKey } from '@formwork/directory';
import { type Applied, applyChanges, askAsDesigner, forgetUses } from './designer.ts';
import {
  codesOf,
  dataOf,
  type GraphqlAnswer,
  Harness,
  type TestGateway,
  type TestTenant,
} from './harness.ts';

/* Rename and remove, of fields and of entities, all the way: expand, contract, revert; with clients of yesterday and of today. */

const rentals = {
  formwork: 1,
  entities: [
    {
      key: 'property',
      fields: [
        { key: 'code', type: 'text', unique: true },
        { key: 'rent', type: 'integer', indexed: true },
        { key: 'price', type: 'integer' },
      ],
    },
    { key: 'home', fields: [{ key: 'rent', type: 'integer' }] },
  ],
};

/** What clients do with a thing that is going away, by its names of before and of today. */
interface Client {
  readonly select: string;
  readonly filter: readonly [query: string, variables: object];
  readonly input: readonly [mutation: string, variables: object];
  readonly order: string;
}

interface Way {
  readonly what: string;
  readonly expand: object;
  readonly contract: object;
  /** In the SDL, once it is expanded. */
  readonly deprecated: RegExp;
  readonly before: Client;
  readonly today: Client;
  /** What is said to clients of before after the contract: to a selection, a filter in a variable, an input, an ordering. */
  readonly errors: readonly [RegExp, RegExp, RegExp, RegExp];
}

function clientOf(type: string, plural: string, rent: string): Client {
  const types = plural.charAt(0).toUpperCase() + plural.slice(1);
  return {
    select: `query Read { ${plural} { nodes { ${rent} } } }`,
    filter: [
      `query Find($where: ${type}Filter) { ${plural}(where: $where) { totalCount } }`,
      { where: { [rent]: { gt: 0 } } },
    ],
    input: [
      `mutation Write($inputs: [Create${type}Input!]!) { create${types}(inputs: $inputs) { ${plural} { id } } }`,
      { inputs: [{ [rent]: 7 }] },
    ],
    order: `query Sort { ${plural}(orderBy: [{ ${rent}: DESC }]) { nodes { id } } }`,
  };
}

const property = clientOf('Property', 'properties', 'rent');
const calledNow = (name: string, now: string) => new RegExp(`"${name}".* It is called "${now}" now\\.$`);
const ways: readonly Way[] = [
  {
    what: 'a field that is renamed',
    expand: { renameField: { entity: 'property', field: 'rent', to: 'monthly_rent' } },
    contract: { dropAlias: { entity: 'property', field: 'monthly_rent', alias: 'rent' } },
    deprecated: /^ {2}rent: Int @deprecated\(reason: "Renamed to \\"monthlyRent\\"\."\)$/m,
    before: property,
    today: clientOf('Property', 'properties', 'monthlyRent'),
    errors: [
      calledNow('rent', 'monthlyRent'),
      calledNow('rent', 'monthlyRent'),
      calledNow('rent', 'monthlyRent'),
      calledNow('rent', 'monthlyRent'),
    ],
  },
  {
    what: 'an entity that is renamed',
    expand: { renameEntity: { entity: 'property', to: 'flat' } },
    contract: { dropAlias: { entity: 'flat', alias: 'property' } },
    deprecated:
      /^ {2}properties\([\s\S]*?\): PropertyConnection! @deprecated\(reason: "Renamed to \\"flats\\"\."\)$/m,
    before: property,
    today: clientOf('Flat', 'flats', 'rent'),
    errors: [
      calledNow('properties', 'flats'),
      calledNow('PropertyFilter', 'FlatFilter'),
      calledNow('CreatePropertyInput', 'CreateFlatInput'),
      calledNow('properties', 'flats'),
    ],
  },
  {
    what: 'a field that is removed',
    expand: {
      deprecateField: { entity: 'property', field: 'rent', reason: 'Rounded.', replacement: 'price' },
    },
    contract: { removeField: { entity: 'property', field: 'rent' } },
    deprecated: /^ {2}rent: Int @deprecated\(reason: "Rounded\. Use \\"price\\"\."\)$/m,
    before: property,
    today: clientOf('Property', 'properties', 'price'),
    errors: [
      calledNow('rent', 'price'),
      calledNow('rent', 'price'),
      calledNow('rent', 'price'),
      calledNow('rent', 'price'),
    ],
  },
  {
    what: 'an entity that is removed',
    expand: { deprecateEntity: { entity: 'property', reason: 'Merged.', replacement: 'home' } },
    contract: { removeEntity: { entity: 'property' } },
    deprecated:
      /^ {2}properties\([\s\S]*?\): PropertyConnection! @deprecated\(reason: "Merged\. Use \\"homes\\"\."\)$/m,
    before: property,
    today: clientOf('Home', 'homes', 'rent'),
    errors: [
      calledNow('properties', 'homes'),
      calledNow('PropertyFilter', 'HomeFilter'),
      calledNow('CreatePropertyInput', 'CreateHomeInput'),
      calledNow('properties', 'homes'),
    ],
  },
];

let harness: Harness;
let one: TestGateway;
let two: TestGateway;
let serial = 0;

beforeAll(async () => {
  harness = await Harness.open();
  [one, two] = [await harness.gateway(), await harness.gateway()];
});
afterAll(() => harness.close());

const apply = (tenant: TestTenant, ...changes: readonly object[]) => applyChanges(one, tenant, changes);
const revert = (tenant: TestTenant, version: number) =>
  askAsDesigner<Applied>(
    one,
    tenant,
    'mutation ($version: Int!) { revert(version: $version) { version changed problems { code path message } } }',
    { version },
  );

interface Use {
  readonly way: string;
  readonly query: string;
  readonly variables?: object;
}

function usesOf({ select, filter, input, order }: Client): readonly Use[] {
  return [
    { way: 'a selection', query: select },
    { way: 'a filter in a variable', query: filter[0], variables: filter[1] },
    { way: 'an input', query: input[0], variables: input[1] },
    { way: 'an ordering', query: order },
  ];
}

const ask = (gateway: TestGateway, tenant: TestTenant, query: string, variables?: object) =>
  gateway.ask(tenant.keys.editor, query, variables);

const sdlOf = async (tenant: TestTenant) =>
  (
    await fetch(`${one.url}/schema.graphql`, { headers: { authorization: `Bearer ${tenant.keys.editor}` } })
  ).text();

describe.each(ways)('$what', ({ expand, contract, deprecated, before, today, errors }) => {
  let tenant: TestTenant;
  beforeAll(async () => {
    tenant = await harness.tenant(`way-${++serial}`, rentals);
    expect((await apply(tenant, expand)).problems).toEqual([]);
  });

  test('is served by both names, the old one deprecated', async () => {
    expect(await sdlOf(tenant)).toMatch(deprecated);
    for (const client of [before, today]) {
      for (const { query, variables } of usesOf(client)) dataOf(await ask(two, tenant, query, variables));
    }
    await forgetUses(harness, one, tenant);
  });

  test.each(usesOf(before))('stays while a client uses it in $way', async ({ query, variables }) => {
    dataOf(await ask(two, tenant, query, variables));
    expect((await apply(tenant, contract)).problems.map(({ code }) => code)).toEqual(['IN_USE']);
    dataOf(await ask(one, tenant, query, variables));
    await forgetUses(harness, one, tenant);
  });

  test('comes back as it was until the contract, as a preview says', async () => {
    const fresh = await harness.tenant(`back-${++serial}`, rentals);
    const { version } = await apply(fresh, expand);
    const created = dataOf(await ask(one, fresh, ...today.input)) as object;
    expect(Object.keys(created)).toHaveLength(1);
    const shown = await askAsDesigner(
      one,
      fresh,
      'query ($version: Int!) { previewRevert(version: $version) { isApplicable sdl { before after } problems { message } } }',
      { version },
    );
    expect(shown).toMatchObject({
      isApplicable: true,
      problems: [],
      sdl: { before: expect.stringMatching(deprecated), after: expect.not.stringMatching(deprecated) },
    });
    expect((await revert(fresh, version)).problems).toEqual([]);
    expect(await sdlOf(fresh)).not.toMatch(deprecated);
    for (const { query, variables } of usesOf(before)) dataOf(await ask(two, fresh, query, variables));
  });

  test('goes when nobody uses it any more; who still does is told what to use', async () => {
    dataOf(await ask(two, tenant, today.select));
    const { problems, version } = await apply(tenant, contract);
    expect(problems).toEqual([]);
    for (const gateway of [one, two]) {
      for (const [index, { query, variables }] of usesOf(before).entries()) {
        const { errors: found = [] } = await ask(gateway, tenant, query, variables);
        expect(found.map(({ message }) => message)).toContainEqual(
          expect.stringMatching(errors[index] ?? /./),
        );
      }
      for (const { query, variables } of usesOf(today)) dataOf(await ask(gateway, tenant, query, variables));
    }
    // What is undone then is the contract: what clients could read before it they can read again.
    expect((await revert(tenant, version)).problems).toEqual([]);
    dataOf(await ask(two, tenant, before.select));
  });

  test('goes at once where it is forced', async () => {
    const fresh = await harness.tenant(`forced-${++serial}`, rentals);
    await apply(fresh, expand);
    dataOf(await ask(two, fresh, before.select));
    const [[kind, named]] = Object.entries(contract) as [[string, object]];
    expect((await apply(fresh, { [kind]: { ...named, force: true } })).problems).toEqual([]);
    expect(codesOf(await ask(two, fresh, before.select))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  test('goes while clients of today are at it: none of their requests fails', async () => {
    const fresh = await harness.tenant(`busy-${++serial}`, rentals);
    const failed: GraphqlAnswer[] = [];
    let isOver = false;
    let [mayUseOld, mayUseNew] = [true, false];
    let [oldRequests, newRequests] = [0, 0];
    let oldUnderway = 0;
    const client = async (gateway: TestGateway, isOld: boolean) => {
      while (!isOver) {
        const may = isOld ? mayUseOld : mayUseNew;
        if (may && isOld) oldUnderway += 1;
        for (const { query, variables } of may ? usesOf(isOld ? before : today) : []) {
          const answer = await ask(gateway, fresh, query, variables);
          if (answer.errors) failed.push(answer);
          if (isOld) oldRequests += 1;
          else newRequests += 1;
        }
        if (may && isOld) oldUnderway -= 1;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    const clients = [client(one, true), client(two, true), client(one, false), client(two, false)];
    const more = async (count: number, ofOld: boolean) => {
      const from = ofOld ? oldRequests : newRequests;
      while ((ofOld ? oldRequests : newRequests) < from + count) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await more(4, true);
    expect((await apply(fresh, expand)).problems).toEqual([]);
    mayUseNew = true;
    await Promise.all([more(4, true), more(4, false)]);
    expect((await apply(fresh, contract)).problems.map(({ code }) => code)).toEqual(['IN_USE']);
    mayUseOld = false;
    do await more(4, false);
    while (oldUnderway > 0);
    await forgetUses(harness, one, fresh);
    expect((await apply(fresh, contract)).problems).toEqual([]);
    await more(4, false);
    isOver = true;
    await Promise.all(clients);
    expect(failed).toEqual([]);
  });
});

test('what a role may not see it is not told the name of, and another tenant is told nothing', async () => {
  const guest = { key: 'guest', permissions: [{ entity: 'property', read: { fields: ['code', 'price'] } }] };
  const tenant = await harness.tenant('guarded', rentals);
  const other = await harness.tenant('other', {
    ...rentals,
    entities: [{ key: 'property', fields: [{ key: 'code', type: 'text' }] }],
  });
  const [rename] = ways;
  await apply(tenant, rename?.expand ?? {});
  await apply(tenant, rename?.contract ?? {});
  const { document } = await askAsDesigner<{ document: object }>(one, tenant, '{ registry { document } }');
  await harness.apply(tenant, { ...document, roles: [guest] });
  const { key } = await createKey(harness.control, tenant.id, { role: 'guest' });
  const asked = [
    await one.ask(tenant.keys.editor, property.select),
    await one.ask(key, property.select),
    await one.ask(other.keys.editor, property.select),
  ].map(({ errors }) => errors?.[0]?.message ?? '');
  expect(asked[0]).toMatch(/It is called "monthlyRent" now\.$/);
  expect(asked[1]).not.toContain('onthly');
  expect(asked[1]).toContain('Cannot query field "rent"');
  expect(asked[2]).toMatch(/^Cannot query field "rent" on type "Property"\.$/);
});
