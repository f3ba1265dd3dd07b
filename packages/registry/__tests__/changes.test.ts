import { applyChanges, createRegistry, toDocument } from '@formwork/registry';
import { applied, counting, current, departing, messagesOf, problemsOf } from './changing.ts';
import { documentOf, entityOf, registryOf } from './designs.ts';

describe('entities and fields', () => {
  test('are made, relabelled, indexed, changed and put in order', () => {
    const { document } = applied([
      {
        createEntity: {
          key: 'pilot',
          label: 'Pilot',
          fields: [{ key: 'name', type: 'text', required: true }],
        },
      },
      { addField: { entity: 'pilot', field: { key: 'rank', type: 'text' }, after: 'name' } },
      {
        addField: { entity: 'flight', field: { key: 'captain', type: 'link', options: { target: 'pilot' } } },
      },
      {
        relabelField: {
          entity: 'flight',
          field: 'number',
          label: 'Flight number',
          description: 'As printed.',
        },
      },
      { relabelEntity: { entity: 'pilot', description: 'Who flies.' } },
      { indexField: { entity: 'pilot', field: 'rank' } },
      { unindexField: { entity: 'airport', field: 'elevation' } },
      {
        changeField: {
          entity: 'airport',
          field: 'city',
          required: true,
          default: 'Unknown',
          options: { maxLength: 80 },
        },
      },
      { changeEntity: { entity: 'airport', softDelete: true, searchable: [] } },
      { reorderEntities: { order: ['pilot'] } },
      { reorderFields: { entity: 'airport', order: ['city'] } },
    ]);
    expect(document.entities.map(({ key }) => key)).toEqual(['pilot', 'airport', 'flight']);
    expect(document.entities[1]).toMatchObject({
      softDelete: true,
      fields: [
        { key: 'city', required: true, indexed: true, default: 'Unknown', options: { maxLength: 80 } },
        { key: 'iata' },
        { key: 'elevation' },
      ],
    });
    expect(document.entities[0]).toMatchObject({
      description: 'Who flies.',
      fields: [{}, { indexed: true }],
    });
    expect(document.entities[2]?.fields.at(-1)).toMatchObject({
      key: 'captain',
      options: { target: 'pilot' },
    });
  });

  test('may be the first of a tenant', () => {
    const { registry } = applied(
      [{ createEntity: { key: 'note', fields: [{ key: 'text', type: 'text' }] } }],
      null,
    );
    expect(registry.entities.map(({ key }) => key)).toEqual(['note']);
  });
});

describe('a renamed field', () => {
  const { document, registry } = applied([
    { renameField: { entity: 'flight', field: 'departs_at', to: 'departure' } },
  ]);

  test('keeps its storage key and slot, and its old name as an alias', () => {
    const before = entityOf(current, 'flight').fieldByKey.get('departs_at');
    expect(entityOf(registry, 'flight').fieldByKey.get('departure')).toMatchObject({
      storageKey: before?.storageKey,
      slot: before?.slot,
      aliases: [{ key: 'departs_at', name: 'departsAt' }],
    });
  });

  test('is found under both names', () => {
    const { fieldByName } = entityOf(registry, 'flight');
    expect(fieldByName.get('departsAt')).toBe(fieldByName.get('departure'));
  });

  test('is renamed where keys speak of it', () => {
    expect(document.entities[1]?.keys).toEqual([
      { key: 'by_number', fields: ['number', 'departure'], caseInsensitive: true },
    ]);
  });

  test('stays as it is when its document is applied again', () => {
    const again = registryOf(toDocument(registry), { current: registry });
    expect(toDocument(again)).toEqual(toDocument(registry));
    expect(again.planShape).toBe(registry.planShape);
  });

  test('is a rename for whoever applies the document to the registry before', () => {
    const field = entityOf(registryOf(document, { current }), 'flight').fieldByKey.get('departure');
    expect(field?.storageKey).toBe('departs_at');
  });

  test('has an alias that knows its version', () => {
    const named = applyChanges(
      current,
      [{ renameField: { entity: 'flight', field: 'departs_at', to: 'departure' } }],
      { version: 7 },
    );
    const after = 'registry' in named ? named.registry : current;
    const flight = toDocument(after).entities[1];
    expect(flight?.fields[1]?.aliases).toEqual([{ key: 'departs_at', since: 7 }]);
    const later = registryOf(toDocument(after), { current: after, version: 9 });
    expect(toDocument(later).entities[1]?.fields[1]?.aliases).toEqual([{ key: 'departs_at', since: 7 }]);
  });

  test('leaves no alias where it is said so, or where nobody has seen the old name', () => {
    const without = applied([
      { renameField: { entity: 'flight', field: 'number', to: 'code', keepAlias: false } },
      { addField: { entity: 'flight', field: { key: 'gate', type: 'text' } } },
      { renameField: { entity: 'flight', field: 'gate', to: 'stand' } },
    ]);
    const flight = entityOf(without.registry, 'flight');
    expect(flight.fieldByKey.get('code')).toMatchObject({ storageKey: 'number', aliases: [] });
    expect(flight.fieldByKey.get('stand')).toMatchObject({ storageKey: 'stand', aliases: [] });
  });

  test('gives up the alias when that is dropped, and takes the name back when it is renamed back', () => {
    const dropped = applied(
      [{ dropAlias: { entity: 'flight', field: 'departure', alias: 'departs_at' } }],
      registry,
    );
    expect(entityOf(dropped.registry, 'flight').fieldByName.get('departsAt')).toBeUndefined();
    const back = applied(
      [{ renameField: { entity: 'flight', field: 'departure', to: 'departs_at' } }],
      registry,
    );
    expect(entityOf(back.registry, 'flight').fieldByKey.get('departs_at')).toMatchObject({
      storageKey: 'departs_at',
      aliases: [{ key: 'departure' }],
    });
  });

  test('may swap its name with another in two steps without an alias', () => {
    const swapped = applied([
      { renameField: { entity: 'airport', field: 'city', to: 'place', keepAlias: false } },
    ]);
    const field = entityOf(swapped.registry, 'airport').fieldByKey.get('place');
    expect(field?.storageKey).toBe('city');
  });
});

test('a rename is followed into formulas, lookups, copied defaults and roles', () => {
  const shop = registryOf({
    ...documentOf(
      {
        key: 'product',
        fields: [
          { key: 'price', type: 'decimal' },
          { key: 'name', type: 'text' },
        ],
      },
      {
        key: 'line',
        fields: [
          { key: 'product', type: 'link', options: { target: 'product', inverse: 'lines' } },
          { key: 'price', type: 'decimal', default: { from: 'product.price' } },
          { key: 'shown', type: 'lookup', options: { via: 'product', field: 'price' } },
          { key: 'twice', type: 'formula', options: { expression: 'product.price * 2 + price' } },
        ],
      },
    ),
    roles: [
      {
        key: 'clerk',
        permissions: [
          { entity: 'product', read: { fields: ['price'], where: { price: { gt: '1' } } } },
          { entity: 'line', read: { where: { product: { price: { gt: '1' } } } } },
        ],
      },
    ],
  });
  const { document } = applied(
    [
      { renameField: { entity: 'product', field: 'price', to: 'list_price' } },
      { renameEntity: { entity: 'product', to: 'article' } },
      { renameField: { entity: 'line', field: 'product', to: 'article' } },
    ],
    shop,
  );
  const [article, line] = document.entities;
  expect(article).toMatchObject({ key: 'article', aliases: [{ key: 'product' }] });
  expect(line?.fields.map((field) => field.default ?? field.options)).toEqual([
    { target: 'article', inverse: 'lines' },
    { from: 'article.list_price' },
    { via: 'article', field: 'list_price' },
    { expression: 'article.list_price * 2 + price' },
  ]);
  expect(document.roles?.[0]?.permissions).toEqual([
    { entity: 'article', read: { fields: ['list_price'], where: { list_price: { gt: '1' } } } },
    { entity: 'line', read: { where: { article: { list_price: { gt: '1' } } } } },
  ]);
});

test('another name of a way back is followed into rollups and roles', () => {
  const { document } = applied(
    [{ changeLink: { entity: 'flight', field: 'origin', inverse: 'leaving' } }],
    counting,
  );
  expect(document.entities[0]?.fields.at(-1)?.options?.via).toBe('leaving');
  expect(document.roles?.[0]?.permissions).toEqual([
    { entity: 'airport', read: { where: { leaving: departing.departures } } },
  ]);
});

describe('a renamed entity', () => {
  const { registry } = applied([{ renameEntity: { entity: 'airport', to: 'airfield' } }]);
  const airfield = entityOf(registry, 'airfield');

  test('keeps its storage key, its types their names until the alias is dropped', () => {
    expect(airfield).toMatchObject({ storageKey: 'airport', names: { type: 'Airport' } });
    expect(registry.entityByTypeName.get('Airport')).toBe(airfield);
    expect(registry.entityByTypeName.get('Airfield')).toBe(airfield);
    const { registry: after } = applied([{ dropAlias: { entity: 'airfield', alias: 'airport' } }], registry);
    expect(entityOf(after, 'airfield').names.type).toBe('Airfield');
    expect(after.entityByTypeName.has('Airport')).toBe(false);
  });

  test('is linked to as before', () => {
    const origin = entityOf(registry, 'flight').fieldByKey.get('origin');
    expect(origin).toMatchObject({
      storageKey: 'origin',
      options: { target: 'airfield', inverse: 'departures' },
    });
  });

  test('that is called as before again has types that never had the name between, whatever it is called next', () => {
    const back = applied([{ renameEntity: { entity: 'airfield', to: 'airport' } }], registry);
    const again = applied([{ renameEntity: { entity: 'airport', to: 'aerodrome' } }], back.registry);
    for (const [made, key] of [
      [back, 'airport'],
      [again, 'aerodrome'],
    ] as const) {
      expect(entityOf(made.registry, key).names.type).toBe('Airport');
      const document = toDocument(made.registry);
      expect(toDocument(registryOf(document, { current: made.registry }))).toEqual(document);
      expect(entityOf(registryOf(document), key).names.type).toBe('Airport');
    }
    expect(toDocument(back.registry).entities[0]?.aliases).toEqual([{ key: 'airfield', later: true }]);
    const without = applied([{ dropAlias: { entity: 'aerodrome', alias: 'airport' } }], again.registry);
    expect(entityOf(without.registry, 'aerodrome').names.type).toBe('Aerodrome');
  });
});

test('what is deprecated can be removed without force, and can be deprecated no more', () => {
  const { registry } = applied([
    { deprecateField: { entity: 'airport', field: 'elevation', reason: 'Old.' } },
  ]);
  expect(problemsOf([{ removeField: { entity: 'airport', field: 'elevation' } }], registry)).toEqual([]);
  const { document } = applied([{ deprecateField: { entity: 'airport', field: 'elevation' } }], registry);
  expect(document.entities[0]?.fields[2]).not.toHaveProperty('deprecated');
});

test('choices are added, relabelled, deprecated, ordered and removed with their transitions', () => {
  const place = { entity: 'flight', field: 'status' };
  const { document } = applied([
    { addChoice: { ...place, choice: { key: 'cancelled' }, after: 'planned' } },
    { relabelChoice: { ...place, choice: 'in_the_air', label: 'Flying' } },
    {
      deprecateChoice: { ...place, choice: 'planned', reason: 'Say "cancelled".', replacement: 'cancelled' },
    },
    { removeChoice: { ...place, choice: 'landed' } },
    { reorderChoices: { ...place, order: ['in_the_air'] } },
  ]);
  expect(document.entities[1]?.fields.find(({ key }) => key === 'status')?.options).toEqual({
    choices: [
      { key: 'in_the_air', label: 'Flying' },
      { key: 'planned', deprecated: { reason: 'Say "cancelled".', replacement: 'cancelled' } },
      { key: 'cancelled' },
    ],
    initial: ['planned'],
    transitions: { planned: ['in_the_air'], in_the_air: [] },
  });
});

test('every change of a list that is refused leaves the registry as it was', () => {
  const before = JSON.stringify(toDocument(current));
  applyChanges(current, [{ renameField: { entity: 'flight', field: 'number', to: 'id' } }]);
  expect(JSON.stringify(toDocument(current))).toBe(before);
  expect(createRegistry(toDocument(current), { current })).toHaveProperty('registry');
});

describe('roles', () => {
  const crew = (fields: readonly string[]) => ({
    key: 'crew',
    permissions: [
      { entity: 'flight', read: { fields, where: { origin: { city: { eq: { claim: 'base' } } } } } },
    ],
  });

  test('are made, put in the place of what they were, renamed in, and removed', () => {
    const made = applied([
      { setRole: { role: crew(['number', 'origin']) } },
      { renameField: { entity: 'airport', field: 'city', to: 'town', keepAlias: false } },
      { renameField: { entity: 'flight', field: 'number', to: 'code', keepAlias: false } },
    ]);
    expect(made.document.roles).toEqual([
      {
        key: 'crew',
        permissions: [
          {
            entity: 'flight',
            read: { fields: ['code', 'origin'], where: { origin: { town: { eq: { claim: 'base' } } } } },
          },
        ],
      },
    ]);
    const role = { ...crew([]), permissions: [] };
    const changed = applied([{ setRole: { role } }], made.registry);
    expect(changed.document.roles).toEqual([role]);
    expect(applied([{ removeRole: { role: 'crew' } }], changed.registry).document.roles).toBeUndefined();
  });

  test('are checked, each problem at its place in the list', () => {
    const at = 'changes[1].setRole.role';
    const after = (role: unknown) =>
      problemsOf([{ relabelEntity: { entity: 'flight', label: 'Trip' } }, { setRole: { role } }]);
    expect(after(crew(['nubmer']))).toEqual([`FIELD_MISSING at ${at}.permissions[0].read.fields[0]`]);
    expect(after({ key: 'viewer', permissions: [] })).toEqual([`NAME_RESERVED at ${at}.key`]);
    expect(after({ key: 'crew', permissions: 5 })).toContain(`TYPE_WRONG at ${at}.permissions`);
    expect(problemsOf([{ removeRole: { role: 'crew' } }])).toEqual([
      'ROLE_MISSING at changes[0].removeRole.role',
    ]);
    const twice = [{ setRole: { role: crew([]) } }, { removeRole: { role: 'crew' } }];
    expect(problemsOf(twice)).toEqual(['CONTRADICTION at changes[1].removeRole']);
  });

  test('keep what they need from being removed', () => {
    const { registry } = applied([{ setRole: { role: crew(['number']) } }]);
    const [message] = messagesOf(
      [{ removeField: { entity: 'airport', field: 'city', force: true } }],
      registry,
    );
    expect(message).toContain('role "crew"');
  });
});
