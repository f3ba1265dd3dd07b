import {
  applyChanges,
  type Change,
  conversionRule,
  conversionTargets,
  createRegistry,
  diffRegistries,
  type FieldDocument,
  fieldTypes,
  loadRegistry,
  type Registry,
  type RegistryDocument,
  toDocument,
  toStoredRegistry,
  twinOf,
  viewNameOf,
} from '@formwork/registry';

const documentWith = (...fields: readonly FieldDocument[]): RegistryDocument => ({
  formwork: 1,
  entities: [{ key: 'flat', fields }],
});
const rent: FieldDocument = { key: 'rent', type: 'text', required: true, indexed: true };
const monthly: FieldDocument = {
  key: 'monthly_rent',
  type: 'decimal',
  required: true,
  indexed: true,
  convertedFrom: { field: 'rent' },
};
const populated = new Set(['flat']);

function made(document: RegistryDocument, current?: Registry): Registry {
  const result = createRegistry(document, { populated, ...(current && { current }) });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.registry;
}

function problemsOf(document: RegistryDocument, current?: Registry): string[] {
  const result = createRegistry(document, { populated, ...(current && { current }) });
  return 'problems' in result ? result.problems.map(({ code, path }) => `${code} at ${path}`) : [];
}

/** As the job does it. */
function served(registry: Registry): Registry {
  const stored = toStoredRegistry(registry);
  const fields = stored.fields.map((field) => {
    const { conversion } = field.options;
    const ready = conversion && { conversion: { ...conversion, state: 'ready' as const } };
    return { ...field, options: { ...field.options, ...ready } };
  });
  const ready = loadRegistry({ ...stored, fields });
  const viewNames = new Map(ready.entities.map((entity) => [entity.storageKey, viewNameOf(entity)]));
  const entityTypes = stored.entityTypes.map((row) => ({
    ...row,
    viewName: viewNames.get(row.storageKey) ?? '',
  }));
  return loadRegistry({ ...stored, entityTypes, fields });
}

const first = made(documentWith(rent));
const filling = made(documentWith(rent, monthly), first);
const ready = served(filling);
const flatOf = (registry: Registry) =>
  registry.entityByKey.get('flat') as NonNullable<ReturnType<Registry['entityByKey']['get']>>;

test('each type that something becomes has a way back, and is another', () => {
  const pairs = fieldTypes.flatMap((from) => conversionTargets(from).map((to) => [from, to] as const));
  const oneWay = pairs.filter(([from, to]) => conversionRule(to, from) === null);
  expect(oneWay).toEqual([]);
});

test('a field that is filled has its storage key and slot, and is seen by nobody', () => {
  const flat = flatOf(filling);
  expect(flat.fields.map(({ key }) => key)).toEqual(['rent']);
  expect(flat.allFields.map(({ key }) => key)).toEqual(['rent', 'monthly_rent']);
  expect(flat.fieldByName.has('monthlyRent')).toBe(false);
  expect(flat.allFields[1]).toMatchObject({
    storageKey: 'monthly_rent',
    conversion: { from: 'rent', state: 'filling', allowLoss: false },
  });
  expect(filling.apiShape).toBe(first.apiShape);
  expect(flat.viewName).toBe(flatOf(first).viewName);
  expect(loadRegistry(toStoredRegistry(filling))).toEqual(filling);
});

test('once it is served the two know each other', () => {
  const [old, next] = flatOf(ready).fields;
  expect([old?.replacedBy, next?.replacedBy]).toEqual(['monthly_rent', null]);
  expect(old && twinOf(flatOf(ready), old)).toBe(next);
  expect(next && twinOf(flatOf(ready), next)).toBe(old);
  expect(ready.apiShape).not.toBe(first.apiShape);
  expect(diffRegistries(filling, ready).map(({ message }) => message)).toEqual([
    'Field "flat.monthly_rent": conversion changed from "filling" to "ready".',
  ]);
});

test.each([
  ['being filled', filling],
  ['served', ready],
])('the document of one that is %s changes nothing', (_, registry) => {
  expect(toStoredRegistry(made(toDocument(registry), registry))).toEqual(toStoredRegistry(registry));
});

test('where there are no records it is served at once', () => {
  const result = createRegistry(documentWith(rent, monthly), { current: first });
  const { registry } = result as { registry: Registry };
  expect(flatOf(registry).fields.map(({ key }) => key)).toEqual(['rent', 'monthly_rent']);
});

test('the one whose place it takes goes, and its storage key is never given out again', () => {
  const { convertedFrom: _, ...alone } = monthly;
  const contracted = made(documentWith(alone), ready);
  expect(flatOf(contracted).fields[0]?.conversion).toEqual({
    from: 'rent',
    state: 'contracted',
    allowLoss: false,
  });
  expect(toDocument(contracted)).toEqual(documentWith(alone));
});

test.each<[string, readonly FieldDocument[], Registry, string]>([
  [
    'of nothing',
    [{ ...monthly, convertedFrom: { field: 'price' } }],
    first,
    'FIELD_MISSING at entities[0].fields[1].convertedFrom.field',
  ],
  [
    'of itself',
    [{ ...monthly, convertedFrom: { field: 'monthly_rent' } }],
    first,
    'FIELD_MISSING at entities[0].fields[1].convertedFrom.field',
  ],
  [
    'into what it cannot be',
    [{ key: 'place', type: 'link', options: { target: 'flat' }, convertedFrom: { field: 'rent' } }],
    first,
    'NOT_SUPPORTED at entities[0].fields[1].type',
  ],
  [
    'into two',
    [monthly, { ...monthly, key: 'third' }],
    first,
    'NOT_SUPPORTED at entities[0].fields[2].convertedFrom',
  ],
  [
    'of one that is converted itself',
    [monthly, { key: 'third', type: 'integer', convertedFrom: { field: 'monthly_rent' } }],
    first,
    'NOT_SUPPORTED at entities[0].fields[2].convertedFrom',
  ],
  [
    'that is unique before it is filled',
    [{ ...monthly, unique: true }],
    first,
    'NOT_SUPPORTED at entities[0].fields[1].unique',
  ],
  [
    'with a pattern',
    [{ key: 'other', type: 'long_text', options: { pattern: '^a' }, convertedFrom: { field: 'rent' } }],
    first,
    'NOT_SUPPORTED at entities[0].fields[1].options.pattern',
  ],
  [
    'that is said no more',
    [{ key: 'monthly_rent', type: 'decimal', required: true, indexed: true }],
    filling,
    'CONVERSION_ENDED at entities[0].fields[1].convertedFrom',
  ],
])('a conversion %s is a problem', (_, fields, current, problem) => {
  expect(problemsOf(documentWith(rent, ...fields), current)).toContain(problem);
});

test('money needs to be of one currency, and a required field one that is required', () => {
  const price: FieldDocument = { key: 'price', type: 'decimal' };
  const before = made(documentWith(price));
  const money = (currencies: readonly string[]): FieldDocument => ({
    ...{ key: 'cost', type: 'currency', convertedFrom: { field: 'price' } },
    options: { currencies },
  });
  expect(problemsOf(documentWith(price, money(['EUR'])), before)).toEqual([]);
  expect(problemsOf(documentWith(price, money(['EUR', 'USD'])), before)).toEqual([
    'NOT_SUPPORTED at entities[0].fields[1].convertedFrom',
  ]);
  expect(problemsOf(documentWith(price, { ...money(['EUR']), required: true }), before)).toEqual([
    'NOT_SUPPORTED at entities[0].fields[1].required',
  ]);
});

test('what is being filled can be used by nothing', () => {
  const keyed = {
    ...documentWith(rent, monthly),
    entities: [
      { key: 'flat', fields: [rent, monthly], keys: [{ key: 'by_rent', fields: ['monthly_rent'] }] },
    ],
  } as const;
  expect(problemsOf(keyed, first)).toEqual(['STILL_FILLING at entities[0].fields[1]']);
  expect(problemsOf(keyed, ready)).toEqual([]);
});

describe('as changes', () => {
  const apply = (registry: Registry, ...changes: Change[]) => applyChanges(registry, changes, { populated });
  const retype: Change = { changeType: { entity: 'flat', field: 'rent', type: 'decimal' } };

  test('the new field stands behind the old one, with a key of its own', () => {
    const { document } = apply(first, retype) as { document: RegistryDocument };
    expect(document.entities[0]?.fields).toEqual([rent, { ...monthly, key: 'rent_decimal' }]);
  });

  test('a field is changed in its place where there are no records, unless it is given another key', () => {
    const document = (options: object, change: Change) =>
      (applyChanges(first, [change], options) as { document: RegistryDocument }).document.entities[0]?.fields;
    expect(document({}, retype)).toEqual([{ ...rent, type: 'decimal' }]);
    const named: Change = {
      changeType: { entity: 'flat', field: 'rent', type: 'decimal', newKey: 'monthly_rent' },
    };
    expect(document({}, named)).toEqual([rent, monthly]);
  });

  test('a rename of either is followed', () => {
    const { document } = apply(ready, { renameField: { entity: 'flat', field: 'rent', to: 'old_rent' } }) as {
      document: RegistryDocument;
    };
    expect(document.entities[0]?.fields[1]?.convertedFrom).toEqual({ field: 'old_rent' });
  });

  test('the old one goes without having been deprecated, for it says by itself where to go', () => {
    const result = apply(ready, { removeField: { entity: 'flat', field: 'rent' } });
    expect('problems' in result).toBe(false);
  });

  test('the new one may be given up while nobody has seen it', () => {
    const give: Change = { removeField: { entity: 'flat', field: 'monthly_rent' } };
    expect('problems' in apply(filling, give)).toBe(false);
    expect(apply(ready, give)).toMatchObject({ problems: [{ code: 'NOT_DEPRECATED' }] });
  });

  test('a unique one is not given up for one that is not', () => {
    const unique = served(
      made(documentWith({ ...rent, unique: true }, monthly), made(documentWith({ ...rent, unique: true }))),
    );
    const give = { entity: 'flat', field: 'rent' };
    expect(apply(unique, { removeField: give })).toMatchObject({ problems: [{ code: 'NEEDED' }] });
    expect(
      'problems' in
        apply(
          unique,
          { changeField: { entity: 'flat', field: 'monthly_rent', unique: true } },
          { removeField: give },
        ),
    ).toBe(false);
  });
});
