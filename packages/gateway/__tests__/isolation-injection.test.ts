/** Hostile strings in every position where a customer can write one: they are refused by name, or kept as they are. */
import { exportRegistry } from '@formwork/registry-store';
import { asAdmin } from '@formwork/testkit';
import { type GraphqlAnswer, Harness, type TestGateway, type TestTenant } from './harness.ts';

/** Each would do, say or break something if it were read as SQL, JSON path, regular expression, GraphQL or HTML. */
const hostile = [
  "'; drop table formwork.records; --",
  "' or '1'='1",
  '"; select pg_sleep(10); --',
  '"" or true',
  "\\'; select 1/0; --",
  '$$; drop schema formwork_views cascade; $$',
  '$1 $2 %s %I %L {{7*7}}',
  '$."x" ? (@ like_regex ".*") || true',
  '" && exists($.**) && "" == "',
  '"""\n} type Query { pwned: Int } """',
  "E'\\\\x27'; commit; select set_config('app.tenant_id', '', false); --",
  '/* */ union select * from formwork.api_keys --',
  '\u2028<script>alert(1)</script>\u0007',
  'ＳＥＬＥＣＴ ʼ ‘ ’ \u202e',
  "x'||(select current_user)||'",
] as const;

let harness: Harness;
let gateway: TestGateway;
let tenant: TestTenant;
let witness: string;

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway();
  tenant = await harness.tenant('hostile', base({}));
  const other = await harness.tenant('witness', base({}));
  const made = await gateway.ask(
    other.keys.admin,
    'mutation { createThing(input: { name: "witness" }) { thing { id } } }',
  );
  expect(made.errors).toBeUndefined();
  witness = await state();
});
afterAll(() => harness.close());
afterEach(async () => expect(await state()).toBe(witness));

/**
 * What hostile SQL would have changed: tables, functions, grants, settings, and the other tenant's rows. Roles belong to
 * the server, where other tests make some.
 */
async function state(): Promise<string> {
  const { rows } = await asAdmin(harness.database, (admin) =>
    admin.query(`select (select count(*) from pg_class where relnamespace = 'formwork'::regnamespace) as tables,
      (select count(*) from pg_proc where pronamespace = 'formwork'::regnamespace) as functions,
      (select string_agg(relacl::text, ' ' order by oid) from pg_class where relnamespace = 'formwork'::regnamespace) as grants,
      (select count(*) from pg_roles where rolname not like 'test\\_role%') as roles,
      (select string_agg(r.data::text, ' ' order by r.id) from formwork.records r join formwork.tenants t on t.id = r.tenant_id where t.slug = 'witness') as records`),
  );
  return JSON.stringify(rows);
}

type Thing = Record<string, unknown>;

function base({
  entity = {},
  field = {},
  fields = [],
  roles = [],
}: {
  entity?: Thing;
  field?: Thing;
  fields?: Thing[];
  roles?: Thing[];
}) {
  return {
    formwork: 1,
    entities: [
      {
        key: 'thing',
        searchable: ['name'],
        fields: [
          { key: 'name', type: 'text', indexed: true, ...field },
          { key: 'code', type: 'text', unique: true },
          { key: 'extra', type: 'json' },
          { key: 'parent', type: 'link', options: { target: 'thing', inverse: 'children' } },
          { key: 'children_count', type: 'rollup', options: { via: 'children', function: 'count' } },
          ...fields,
        ],
        ...entity,
      },
    ],
    roles,
  };
}

/** Applies as a designer would; nothing but an answer by the API will do. */
async function apply(document: unknown): Promise<Thing> {
  const response = await fetch(`${gateway.url}/design`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.keys.designer}` },
    body: JSON.stringify({
      query:
        'mutation ($document: JSON!) { applyRegistry(document: $document) { version problems { path message } } }',
      variables: { document },
    }),
  });
  const answer = (await response.json()) as GraphqlAnswer;
  expect(codes(answer)).not.toContain('INTERNAL');
  return (answer.data?.applyRegistry ?? { problems: answer.errors }) as Thing;
}

const codes = (answer: GraphqlAnswer) => (answer.errors ?? []).map(({ extensions }) => extensions?.code);

/** By position: a document with the string there. */
const positions: Readonly<Record<string, (text: string) => unknown>> = {
  'key of an entity': (key) => base({ entity: { key } }),
  'plural of an entity': (plural) => base({ entity: { plural } }),
  'label of an entity': (label) => base({ entity: { label } }),
  'description of an entity': (description) => base({ entity: { description } }),
  'searchable field': (text) => base({ entity: { searchable: [text] } }),
  'key of a unique key': (key) => base({ entity: { keys: [{ key, fields: ['code'] }] } }),
  'field of a unique key': (text) => base({ entity: { keys: [{ key: 'by_it', fields: [text] }] } }),
  'key of a field': (key) => base({ fields: [{ key, type: 'text' }] }),
  'type of a field': (type) => base({ fields: [{ key: 'other', type }] }),
  'label of a field': (label) => base({ field: { label } }),
  'description of a field': (description) => base({ field: { description } }),
  'default of a text': (text) => base({ field: { default: text } }),
  'default of a json': (text) => base({ fields: [{ key: 'more', type: 'json', default: { [text]: text } }] }),
  'pattern of a text': (pattern) => base({ field: { options: { pattern } } }),
  'unknown option': (text) => base({ field: { options: { [text]: text } } }),
  'key of a choice': (key) =>
    base({ fields: [{ key: 'pick', type: 'select', options: { choices: [{ key }] } }] }),
  'label of a choice': (label) =>
    base({ fields: [{ key: 'pick', type: 'select', options: { choices: [{ key: 'one', label }] } }] }),
  'target of a link': (target) => base({ fields: [{ key: 'to', type: 'link', options: { target } }] }),
  'inverse of a link': (inverse) =>
    base({ fields: [{ key: 'to', type: 'link', options: { target: 'thing', inverse } }] }),
  'formula as a whole': (expression) =>
    base({ fields: [{ key: 'made', type: 'formula', options: { expression } }] }),
  'text in a formula': (text) =>
    base({
      fields: [{ key: 'made', type: 'formula', options: { expression: `name & ${JSON.stringify(text)}` } }],
    }),
  'text in a stored formula': (text) =>
    base({
      fields: [
        { key: 'made', type: 'formula', options: { expression: `code & ${quoted(text)}`, stored: true } },
      ],
    }),
  'filter of a rollup': (text) =>
    base({
      fields: [
        {
          key: 'some',
          type: 'rollup',
          options: { via: 'children', function: 'count', filter: `code == ${quoted(text)}` },
        },
      ],
    }),
  'filter of a rollup as a whole': (filter) =>
    base({
      fields: [{ key: 'some', type: 'rollup', options: { via: 'children', function: 'count', filter } }],
    }),
  'via of a rollup': (via) =>
    base({ fields: [{ key: 'some', type: 'rollup', options: { via, function: 'count' } }] }),
  'key of a role': (key) => base({ roles: [{ key, permissions: [] }] }),
  'value of a row rule': (text) =>
    base({
      roles: [{ key: 'own', permissions: [{ entity: 'thing', read: { where: { name: { eq: text } } } }] }],
    }),
  'field of a row rule': (text) =>
    base({
      roles: [{ key: 'own', permissions: [{ entity: 'thing', read: { where: { [text]: { eq: 1 } } } }] }],
    }),
  'claim of a row rule': (claim) =>
    base({
      roles: [
        { key: 'own', permissions: [{ entity: 'thing', read: { where: { name: { eq: { claim } } } } }] },
      ],
    }),
};

const quoted = (text: string) => JSON.stringify(text);

test.each(Object.keys(positions))('a design: %s', async (position) => {
  for (const text of hostile) {
    const outcome = await apply(positions[position]?.(text));
    const problems = outcome.problems as unknown[] | null;
    if (problems && problems.length > 0) continue;
    // What was taken is what stands there, and records are still written and read by it.
    const stored = JSON.stringify(await exportRegistry(harness.control, tenant.id));
    // A text in a formula is quoted once more.
    const written = [text, JSON.stringify(text).slice(1, -1)].map((one) => JSON.stringify(one).slice(1, -1));
    expect(written.some((one) => stored.includes(one))).toBe(true);
    const used = await gateway.ask(
      tenant.keys.admin,
      'mutation ($input: CreateThingInput!) { createThing(input: $input) { thing { name } } }',
      {
        input: { name: text, code: null },
      },
    );
    expect(['', 'VALIDATION_FAILED']).toContain(codes(used).join());
    const read = await gateway.ask(
      tenant.keys.admin,
      '{ things(first: 1) { nodes { name childrenCount } totalCount } }',
    );
    expect(read.errors).toBeUndefined();
  }
});

describe('records', () => {
  beforeAll(async () => {
    await apply(base({}));
  });

  test.each([...hostile])('%j is kept and found as it is', async (text) => {
    const clean = [...text].filter((one) => one !== '\0').join('');
    const ask = (query: string, variables: object) => gateway.ask(tenant.keys.admin, query, variables);
    const created = await ask(
      'mutation ($input: CreateThingInput!) { createThing(input: $input) { thing { id name code extra } } }',
      { input: { name: text, code: clean, extra: { [text]: text } } },
    );
    expect(created.errors).toBeUndefined();
    expect(created.data).toMatchObject({
      createThing: { thing: { name: text, code: text, extra: { [text]: text } } },
    });
    for (const operator of [
      'eq',
      'contains',
      'startsWith',
      'endsWith',
      'eqInsensitive',
      'containsInsensitive',
    ]) {
      const found = await ask('query ($where: ThingFilter) { things(where: $where) { nodes { code } } }', {
        where: { code: { [operator]: text } },
      });
      expect([operator, found]).toEqual([operator, { data: { things: { nodes: [{ code: text }] } } }]);
    }
    const byKey = await ask('query ($code: String!) { thingByCode(code: $code) { name } }', { code: text });
    expect(byKey).toEqual({ data: { thingByCode: { name: text } } });
  });

  test.each([
    ['a cursor', 'query ($text: String) { things(after: $text) { totalCount nodes { id } } }'],
    ['a search', 'query ($text: String) { things(search: $text) { totalCount } }'],
    ['an id', 'query ($text: ID!) { thing(id: $text) { id } node(id: $text) { id } }'],
    [
      'ids',
      'query ($text: ID!) { nodes(ids: [$text]) { id } things(where: { id: { in: [$text] } }) { totalCount } }',
    ],
    [
      'a JSON path',
      'query ($text: String!) { things(where: { extra: { path: [$text], eq: 1 } }) { totalCount } }',
    ],
    ['a JSON value', 'query ($text: JSON) { things(where: { extra: { contains: $text } }) { totalCount } }'],
    [
      'a time zone',
      'query ($text: String!) { thingsAggregate(groupBy: [{ createdAt: { part: DAY, timeZone: $text } }]) { count } }',
    ],
    ['a moment', 'query ($text: DateTime!) { things(where: { createdAt: { gt: $text } }) { totalCount } }'],
    [
      'a link',
      'mutation ($text: ID!) { createThing(input: { name: "x", parent: { id: $text } }) { thing { id } } }',
    ],
    [
      'a key of a link',
      'mutation ($text: String!) { createThing(input: { name: "x", parent: { by: { code: $text } } }) { thing { id } } }',
    ],
  ])('%s is a value and nothing else', async (_, query) => {
    for (const text of [...hostile, '\0', 'x\0y', '\ud800']) {
      const answer = await gateway.ask(tenant.keys.admin, query, { text });
      expect([text, codes(answer)]).not.toEqual([text, expect.arrayContaining(['INTERNAL'])]);
      expect(answer.errors !== undefined || answer.data !== undefined).toBe(true);
    }
  });

  test.each([...hostile])('%j as a name in a document is refused', async (text) => {
    for (const query of [
      `{ things(where: { ${text}: 1 }) { totalCount } }`,
      `{ ${text} }`,
      `{ things(orderBy: [{ ${text}: ASC }]) { totalCount } }`,
    ]) {
      const answer = await gateway.ask(tenant.keys.admin, query);
      expect(codes(answer).join()).toMatch(/^(GRAPHQL_(PARSE|VALIDATION)_FAILED,?)+$/);
    }
  });
});

describe('rows of the registry that no check has seen', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['label of an entity', 'update formwork.entity_types set label = $1'],
    ['description of an entity', 'update formwork.entity_types set description = $1'],
    ['label of a field', 'update formwork.fields set label = $1'],
    [
      'default of a field',
      `update formwork.fields set default_value = to_jsonb($1::text) where key = 'name'`,
    ],
    [
      'pattern',
      `update formwork.fields set options = jsonb_build_object('pattern', $1::text) where key = 'name'`,
    ],
    ['key of a field', `update formwork.fields set key = $1 where key = 'name'`],
    ['storage key', `update formwork.fields set storage_key = $1 where key = 'name'`],
    ['name of a view', 'update formwork.entity_types set view_name = $1'],
    ['function of a rollup', 'update formwork.rollups set compute = $1'],
    ['function of formulas', 'update formwork.entity_storage set formulas = $1'],
    [
      'filter of a rollup',
      `update formwork.fields set options = options || jsonb_build_object('filter', $1::text) where type = 'rollup'`,
    ],
    [
      'field of a rollup',
      `update formwork.fields set options = options || jsonb_build_object('via', $1::text) where type = 'rollup'`,
    ],
    [
      'target of a link',
      `update formwork.fields set options = options || jsonb_build_object('target', $1::text) where type = 'link'`,
    ],
    [
      'searchable field',
      `update formwork.entity_types set options = jsonb_build_object('searchable', jsonb_build_array($1::text))`,
    ],
    ['keys of a search', 'update formwork.entity_storage set search_keys = array[$1::text]'],
  ];

  /** Whoever cannot be loaded cannot be repaired by their designers either. */
  const optionsNow = async (): Promise<Record<string, unknown>> => {
    const { rows } = await asAdmin(harness.database, (admin) =>
      admin.query<{ fields: unknown; entity_types: unknown }>(
        `select (select jsonb_agg(jsonb_build_object('entity_type', entity_type, 'storage_key', storage_key, 'options', options))
            from formwork.fields where tenant_id = $1) as fields,
          (select jsonb_agg(jsonb_build_object('storage_key', storage_key, 'options', options))
            from formwork.entity_types where tenant_id = $1) as entity_types`,
        [tenant.id],
      ),
    );
    return { ...rows[0] };
  };

  /** A version and shapes that no gateway has met, so that all is read again. */
  const makeNew = () =>
    asAdmin(harness.database, (admin) =>
      admin.query(
        `update formwork.tenants set registry_version = registry_version + 1,
          api_shape = gen_random_uuid()::text, plan_shape = gen_random_uuid()::text where id = $1`,
        [tenant.id],
      ),
    );

  test.each(rows)('%s', async (_, statement) => {
    await apply(base({}));
    const kept = JSON.stringify(await exportRegistry(harness.control, tenant.id));
    const before = await optionsNow();
    const reader = await harness.gateway();
    let taken = 0;
    for (const text of hostile) {
      const isTaken = await asAdmin(harness.database, async (admin) => {
        await admin.query(`select set_config('app.tenant_id', $1, false)`, [tenant.id]);
        return admin
          .query(
            `${statement}${statement.includes('where') ? ' and' : ' where'} tenant_id = '${tenant.id}'`,
            [text],
          )
          .then(
            () => true,
            () => false,
          );
      });
      if (!isTaken) continue;
      taken += 1;
      await makeNew();
      const answer = await reader.ask(
        tenant.keys.admin,
        'mutation { createThing(input: { code: null }) { thing { name } } }',
      );
      await reader.ask(tenant.keys.admin, '{ things(first: 1) { nodes { name } } }');
      expect(answer.data !== undefined || answer.errors !== undefined).toBe(true);
      // What is no SQL is refused before Postgres would have to read it.
      expect(JSON.stringify(reader.lines)).not.toMatch(/42601|syntax error/);
    }
    // It has read what stood there each time.
    const readings = reader.lines.filter((line) => JSON.stringify(line).includes('entity_types'));
    expect(readings.length).toBeGreaterThanOrEqual(taken);
    await reader.close();
    await asAdmin(harness.database, async (admin) => {
      await admin.query(
        `update formwork.entity_types set label = 'Thing', description = '' where tenant_id = $1`,
        [tenant.id],
      );
      for (const [table, options] of Object.entries(before)) {
        await admin.query(
          `update formwork.${table} t set options = k.options
            from jsonb_to_recordset($2) k (entity_type text, storage_key text, options jsonb)
            where t.tenant_id = $1 and to_jsonb(t) @> (to_jsonb(k) - 'options')`,
          [tenant.id, JSON.stringify(options)],
        );
      }
    });
    expect(kept).toContain('"thing"');
  });
});
