import {
  diffRegistries,
  loadRegistry,
  mayWrite,
  projectRegistry,
  type Registry,
  type RegistryDocument,
  type RoleDocument,
  registryForRole,
  toDocument,
  toStoredRegistry,
} from '@formwork/registry';
import { airline, problemsOf, registryOf } from './designs.ts';

const crew: RoleDocument = {
  key: 'crew',
  label: 'Flight crew',
  permissions: [
    { entity: 'airport', read: { fields: ['iata', 'city'] } },
    {
      entity: 'flight',
      read: {
        fields: ['number', 'departs_at', 'origin', 'status', 'alternates'],
        where: {
          or: [
            { number: { startsWith: { claim: 'prefix' } }, status: { ne: 'landed' } },
            { origin: { iata: { in: { claim: 'bases' } }, isNull: false } },
            { not: { alternates: { every: { city: { eq: 'Rome' } } } } },
          ],
        },
      },
      update: { fields: ['status'], where: { created_by: { eq: { claim: 'actor' } } } },
    },
  ],
};

function withRoles(roles: readonly unknown[], from: RegistryDocument = airline): RegistryDocument {
  return { ...from, roles } as RegistryDocument;
}

const make = (document: RegistryDocument, current?: Registry): Registry =>
  registryOf(document, current ? { current } : {});

const problemsOfRoles = (roles: readonly unknown[], from?: RegistryDocument) =>
  problemsOf(withRoles(roles, from));

function permit(...permissions: readonly unknown[]) {
  return [{ key: 'crew', permissions }];
}

const namesOf = (registry: Registry, entity: string) => [
  ...(registry.entityByKey.get(entity)?.fieldByName.keys() ?? []),
];

test('a registry with roles comes back from its rows and as its document', () => {
  const registry = make(withRoles([crew]));
  expect(toDocument(registry).roles).toEqual([crew]);
  const rows = JSON.parse(JSON.stringify(toStoredRegistry(registry)));
  expect(loadRegistry(rows)).toEqual(registry);
  expect(make(toDocument(registry), registry)).toEqual(registry);
});

test('rows name fields by storage key, so a renamed field takes its permissions along', () => {
  const before = make(withRoles([crew]));
  const stored = toStoredRegistry(before);
  const rename = (key: string) => (key === 'number' ? 'code' : key === 'flight' ? 'journey' : key);
  const after = loadRegistry({
    ...stored,
    entityTypes: stored.entityTypes.map((row) => ({ ...row, key: rename(row.key) })),
    fields: stored.fields.map((row) => ({ ...row, key: rename(row.key) })),
  });
  const [, permission] = toDocument(after).roles?.[0]?.permissions ?? [];
  expect(permission).toMatchObject({
    entity: 'journey',
    read: { fields: ['code', 'departs_at', 'origin', 'status', 'alternates'] },
  });
  expect(JSON.stringify(permission)).toContain('"code":{"startsWith"');
  expect(namesOf(registryForRole(after, 'crew') as Registry, 'journey')).toContain('code');
});

test('a role changes the plan shape and not the API shape', () => {
  const [plain, one, other] = [
    make(airline),
    make(withRoles([crew])),
    make(withRoles(permit({ entity: '*', read: true }))),
  ];
  expect(one.apiShape).toBe(plain.apiShape);
  expect(new Set([plain.planShape, one.planShape, other.planShape]).size).toBe(3);
  expect(diffRegistries(plain, one).map(({ message }) => message)).toEqual(['Role "crew" added.']);
});

test('a role sees the entities and fields that it may read, and what leads to them', () => {
  const seen = registryForRole(make(withRoles([crew])), 'crew') as Registry;
  expect(namesOf(seen, 'airport')).toEqual(['iata', 'city']);
  expect(namesOf(seen, 'flight')).toEqual(['number', 'departsAt', 'origin', 'status', 'alternates']);
  const [airport, flight] = [seen.entityByKey.get('airport'), seen.entityByKey.get('flight')];
  // "arrivals" is the way back over a link that may not be read.
  expect([...(airport?.inverseByName.keys() ?? [])]).toEqual(['departures']);
  expect(flight?.keys.map(({ name }) => name)).toEqual(['byNumber']);
  expect(flight?.fields.filter((field) => mayWrite(flight, 'update', field)).map(({ key }) => key)).toEqual([
    'status',
  ]);
  expect(flight?.access).toMatchObject({ create: null, delete: null });
  expect(seen.whole?.entityByKey.get('flight')?.fields).toHaveLength(7);
});

test('what leads to an entity that may not be read is not there, and neither are keys and searches over hidden fields', () => {
  const seen = registryForRole(
    make(withRoles(permit({ entity: 'flight', read: { fields: ['number', 'origin'] } }))),
    'crew',
  ) as Registry;
  expect(seen.entities.map(({ key }) => key)).toEqual(['flight']);
  expect(namesOf(seen, 'flight')).toEqual(['number']);
  expect(seen.entityByKey.get('flight')?.keys).toEqual([]);
  const noCity = make(withRoles(permit({ entity: 'airport', read: { fields: ['iata'] } })));
  expect(registryForRole(noCity, 'crew')?.entityByKey.get('airport')?.searchable).toEqual([]);
});

test('"*" stands for entities that are not listed', () => {
  const role = permit({ entity: '*', read: true, delete: true }, { entity: 'airport', read: true });
  const seen = registryForRole(make(withRoles(role)), 'crew') as Registry;
  expect(seen.entityByKey.get('airport')?.access).toMatchObject({ read: null, create: null, delete: null });
  expect(seen.entityByKey.get('flight')?.access).toMatchObject({ delete: { where: null } });
});

test('computed fields go where anything that they are made of may not be read', () => {
  const design: RegistryDocument = {
    formwork: 1,
    entities: [
      {
        key: 'product',
        fields: [
          { key: 'name', type: 'text' },
          { key: 'price', type: 'decimal' },
        ],
      },
      {
        key: 'item',
        fields: [
          { key: 'quantity', type: 'integer' },
          { key: 'product', type: 'link', options: { target: 'product' } },
          { key: 'total', type: 'formula', options: { expression: 'quantity * product.price' } },
          { key: 'twice', type: 'formula', options: { expression: 'quantity * 2' } },
          { key: 'what', type: 'lookup', options: { via: 'product', field: 'name' } },
        ],
      },
    ],
  };
  const see = (...permissions: readonly unknown[]) =>
    namesOf(registryForRole(make(withRoles(permit(...permissions), design)), 'crew') as Registry, 'item');
  const all = ['quantity', 'product', 'total', 'twice', 'what'];
  const item = { entity: 'item', read: true };
  expect(see({ entity: '*', read: true })).toEqual(all);
  expect(see({ entity: 'product', read: { fields: ['name'] } }, item)).toEqual([
    'quantity',
    'product',
    'twice',
    'what',
  ]);
  // A lookup reads past the rows that a rule hides.
  const some = { entity: 'product', read: { where: { name: { eq: 'A' } } } };
  expect(see(some, item)).toEqual(['quantity', 'product', 'twice']);
  expect(see(item)).toEqual(['quantity', 'twice']);
});

test('roles that see and do the same have one API shape, and one that may do everything has that of the registry', () => {
  const all = { entity: '*', read: true, create: true, update: true, delete: true };
  const registry = make(
    withRoles([
      { key: 'all', permissions: [all] },
      {
        key: 'mine',
        permissions: [{ ...all }, { ...all, entity: 'flight', read: { where: { number: { eq: 'A' } } } }],
      },
      { key: 'reader', permissions: [{ entity: '*', read: true }] },
    ]),
  );
  const shape = (role: string) => registryForRole(registry, role)?.apiShape;
  expect(new Set(['all', 'mine', 'editor', 'designer', 'admin'].map(shape))).toEqual(
    new Set([registry.apiShape]),
  );
  expect(shape('reader')).toBe(shape('viewer'));
  expect(shape('reader')).not.toBe(registry.apiShape);
  expect(registryForRole(registry, 'mine')?.planShape).not.toBe(registryForRole(registry, 'all')?.planShape);
  expect(registryForRole(registry, 'gone')).toBeNull();
});

test.each([
  ['no list', [{ key: 'crew' }], 'MISSING', 'roles[0].permissions'],
  ['a built-in role', [{ key: 'viewer', permissions: [] }], 'NAME_RESERVED', 'roles[0].key'],
  ['a bad key', [{ key: 'Crew', permissions: [] }], 'KEY_INVALID', 'roles[0].key'],
  ['a key twice', [...permit(), ...permit()], 'KEY_DUPLICATE', 'roles[1].key'],
  [
    'an unknown property',
    [{ key: 'crew', permisions: [], permissions: [] }],
    'PROPERTY_UNKNOWN',
    'roles[0].permisions',
  ],
  [
    'an unknown entity',
    permit({ entity: 'flihgt', read: true }),
    'TARGET_MISSING',
    'roles[0].permissions[0].entity',
  ],
  [
    'an entity twice',
    permit({ entity: 'flight', read: true }, { entity: 'flight', read: true }),
    'DUPLICATE',
    'roles[0].permissions[1].entity',
  ],
  [
    'writing without reading',
    permit({ entity: 'flight', delete: true }),
    'PERMISSION_INVALID',
    'roles[0].permissions[0].delete',
  ],
  [
    'fields of everything',
    permit({ entity: '*', read: { fields: ['number'] } }),
    'PERMISSION_INVALID',
    'roles[0].permissions[0].read',
  ],
  [
    'an unknown field',
    permit({ entity: 'flight', read: { fields: ['nubmer'] } }),
    'FIELD_MISSING',
    'roles[0].permissions[0].read.fields[0]',
  ],
  [
    'a field that is written and not read',
    permit({ entity: 'flight', read: { fields: ['number'] }, update: { fields: ['status'] } }),
    'PERMISSION_INVALID',
    'roles[0].permissions[0].update.fields[0]',
  ],
  [
    'creating without a required field',
    permit({ entity: 'flight', read: true, create: { fields: ['number'] } }),
    'PERMISSION_INVALID',
    'roles[0].permissions[0].create',
  ],
  [
    'rights that are none',
    permit({ entity: 'flight', read: 'all' }),
    'TYPE_WRONG',
    'roles[0].permissions[0].read',
  ],
  [
    'a rule that is null',
    permit({ entity: 'flight', read: { where: null } }),
    'RULE_INVALID',
    'roles[0].permissions[0].read.where',
  ],
])('refuses %s', (_, roles, code, path) => {
  expect(problemsOfRoles(roles)).toContainEqual(expect.objectContaining({ code, path }));
});

test.each([
  ['an empty rule', {}, 'RULE_INVALID', ''],
  ['null inside', { number: null }, 'RULE_INVALID', '.number'],
  ['an empty condition', { number: {} }, 'RULE_INVALID', '.number'],
  ['an empty list', { or: [] }, 'RULE_INVALID', '.or'],
  ['an unknown field', { nubmer: { eq: 'A' } }, 'FIELD_MISSING', '.nubmer'],
  ['an unknown operator', { number: { equals: 'A' } }, 'RULE_INVALID', '.number.equals'],
  ['a value of another type', { departs_at: { lt: 'soon' } }, 'RULE_INVALID', '.departs_at.lt'],
  ['a choice that there is not', { status: { in: ['planned', 'lost'] } }, 'RULE_INVALID', '.status.in[1]'],
  ['a claim without a name', { number: { eq: { claim: '' } } }, 'RULE_INVALID', '.number.eq'],
  ['a claim beside something', { number: { eq: { claim: 'a', or: 'b' } } }, 'RULE_INVALID', '.number.eq'],
  ['a claim as a flag', { number: { isNull: { claim: 'a' } } }, 'RULE_INVALID', '.number.isNull'],
  [
    'a period that there is not',
    { departs_at: { during: { period: 'SOON' } } },
    'RULE_INVALID',
    '.departs_at.during',
  ],
  ['a span of nothing', { departs_at: { last: { days: 0 } } }, 'RULE_INVALID', '.departs_at.last'],
  [
    'a time zone that there is not',
    { departs_at: { next: { days: 1, timeZone: 'Mars' } } },
    'RULE_INVALID',
    '.departs_at.next',
  ],
  ['an order of choices', { status: { lt: 'planned' } }, 'RULE_INVALID', '.status.lt'],
  [
    'a quantifier that there is not',
    { alternates: { any: { city: { eq: 'A' } } } },
    'RULE_INVALID',
    '.alternates.any',
  ],
  [
    'a field of the target that there is not',
    { origin: { town: { eq: 'A' } } },
    'FIELD_MISSING',
    '.origin.town',
  ],
  ['no field of the name "__proto__"', JSON.parse('{"__proto__":{"eq":1}}'), 'FIELD_MISSING', '.__proto__'],
])('refuses a rule with %s', (_, where, code, path) => {
  expect(problemsOfRoles(permit({ entity: 'flight', read: { where } }))).toContainEqual(
    expect.objectContaining({ code, path: `roles[0].permissions[0].read.where${path}` }),
  );
});

test('says what was meant', () => {
  const [problem] = problemsOfRoles(
    permit({ entity: 'flight', read: { where: { staus: { eq: 'planned' } } } }),
  );
  expect(problem?.message).toContain('Did you mean "status"?');
});

test('refuses rules and lists of roles that are too large', () => {
  const many = Array.from({ length: 60 }, () => ({ number: { eq: 'A' } }));
  expect(problemsOfRoles(permit({ entity: 'flight', read: { where: { or: many } } }))).toContainEqual(
    expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
  );
  const deep = (depth: number): unknown => (depth === 0 ? { number: { eq: 'A' } } : { not: deep(depth - 1) });
  expect(problemsOfRoles(permit({ entity: 'flight', read: { where: deep(10) } }))).toContainEqual(
    expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
  );
  const roles = Array.from({ length: 51 }, (_, index) => ({ key: `role_${index}`, permissions: [] }));
  expect(problemsOfRoles(roles)).toContainEqual(
    expect.objectContaining({ code: 'LIMIT_EXCEEDED', path: 'roles' }),
  );
});

test('a projection of a projection is made of the registry itself', () => {
  const registry = make(withRoles([crew]));
  const [role] = registry.roles;
  expect(role && projectRegistry(registry, role).whole).toBe(registry);
});
