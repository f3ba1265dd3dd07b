import {
  applyChanges,
  type Change,
  createRegistry,
  type Registry,
  toDocument,
  toEnd,
} from '@formwork/registry';
import { airline, documentOf, entityOf, registryOf } from './designs.ts';

const current = registryOf(airline);

function applied(changes: readonly Change[], before: Registry | null = current) {
  const result = applyChanges(before, changes);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems, null, 2));
  return result;
}

/** "CODE at path" of each problem. */
function problemsOf(changes: readonly unknown[], before: Registry | null = current): readonly string[] {
  const result = applyChanges(before, changes as readonly Change[]);
  return 'problems' in result ? result.problems.map(({ code, path }) => `${code} at ${path}`) : [];
}

function messagesOf(changes: readonly unknown[], before: Registry | null = current): readonly string[] {
  const result = applyChanges(before, changes as readonly Change[]);
  return 'problems' in result ? result.problems.map(({ message }) => message) : [];
}

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
  const count = {
    key: 'flights',
    type: 'rollup',
    options: { via: 'departures', function: 'count' },
  } as const;
  const where = { departures: { some: { number: { eq: 'FW1' } } } };
  const design = registryOf({
    ...airline,
    entities: airline.entities.map((entity) =>
      entity.key === 'airport' ? { ...entity, fields: [...entity.fields, count] } : entity,
    ),
    roles: [{ key: 'agent', permissions: [{ entity: 'airport', read: { where } }] }],
  });
  const { document } = applied(
    [{ changeLink: { entity: 'flight', field: 'origin', inverse: 'leaving' } }],
    design,
  );
  expect(document.entities[0]?.fields.at(-1)?.options?.via).toBe('leaving');
  expect(document.roles?.[0]?.permissions).toEqual([
    { entity: 'airport', read: { where: { leaving: where.departures } } },
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

describe('is refused:', () => {
  test.each<readonly [string, readonly unknown[], readonly string[]]>([
    [
      'what is not there, all at once',
      [
        { renameField: { entity: 'flite', field: 'number', to: 'no' } },
        { indexField: { entity: 'flight', field: 'nummer' } },
        { dropKey: { entity: 'flight', key: 'by_numbr' } },
        { relabelChoice: { entity: 'flight', field: 'status', choice: 'plannd', label: 'x' } },
      ],
      [
        'ENTITY_MISSING at changes[0].renameField.entity',
        'FIELD_MISSING at changes[1].indexField.field',
        'KEY_MISSING at changes[2].dropKey.key',
        'CHOICE_UNKNOWN at changes[3].relabelChoice.choice',
      ],
    ],
    [
      'a name that is taken',
      [{ renameField: { entity: 'flight', field: 'number', to: 'origin' } }],
      ['KEY_DUPLICATE at changes[0].renameField.to'],
    ],
    [
      'a name that is reserved, and one that is none',
      [
        { renameField: { entity: 'flight', field: 'number', to: 'id' } },
        { renameField: { entity: 'airport', field: 'city', to: 'City!' } },
      ],
      ['KEY_INVALID at changes[1].renameField.to', 'NAME_RESERVED at changes[0].renameField.to'],
    ],
    [
      'a new field where the document says what is wrong with it',
      [{ addField: { entity: 'flight', field: { key: 'x', type: 'text', options: { max: 3 } } } }],
      ['OPTION_UNKNOWN at changes[0].addField.field.options.max'],
    ],
    [
      'a list that contradicts itself',
      [
        { changeField: { entity: 'airport', field: 'city', required: true } },
        { changeField: { entity: 'airport', field: 'city', required: false } },
        { relabelField: { entity: 'airport', field: 'elevation', label: 'Height' } },
        { removeField: { entity: 'airport', field: 'elevation', force: true } },
      ],
      ['CONTRADICTION at changes[1].changeField.required', 'CONTRADICTION at changes[3].removeField'],
    ],
    [
      'taking a name again that the list gives up',
      [
        { removeField: { entity: 'airport', field: 'elevation', force: true } },
        { addField: { entity: 'airport', field: { key: 'elevation', type: 'text' } } },
      ],
      ['CONTRADICTION at changes[1].addField.field.key'],
    ],
    [
      'removing what nobody was warned of',
      [{ removeField: { entity: 'airport', field: 'elevation' } }, { removeEntity: { entity: 'flight' } }],
      ['NOT_DEPRECATED at changes[0].removeField', 'NOT_DEPRECATED at changes[1].removeEntity'],
    ],
    [
      'a kind that there is not',
      [{ renamField: {} }, {}, null, { dropKey: {}, addKey: {} }],
      [
        'CHANGE_INVALID at changes[0]',
        'CHANGE_INVALID at changes[1]',
        'CHANGE_INVALID at changes[2]',
        'CHANGE_INVALID at changes[3]',
      ],
    ],
    [
      'arguments of another form',
      [
        { renameField: 5 },
        { renameField: { entity: 'flight', field: ['number'] } },
        { addField: { entity: 'flight', field: { type: 'text' } } },
        { createEntity: { key: 'x', fields: [null] } },
        { reorderFields: { entity: 'flight', order: 'number', fiel: 1 } },
      ],
      [
        'TYPE_WRONG at changes[0].renameField',
        'TYPE_WRONG at changes[1].renameField.field',
        'MISSING at changes[1].renameField.to',
        'TYPE_WRONG at changes[2].addField.field',
        'TYPE_WRONG at changes[3].createEntity.fields',
        'PROPERTY_UNKNOWN at changes[4].reorderFields.fiel',
        'TYPE_WRONG at changes[4].reorderFields.order',
      ],
    ],
    ['a helper that is no kind', [{ relabel: {} }], ['CHANGE_INVALID at changes[0]']],
    [
      'what is needed, in an entity that the list renames afterwards',
      [
        { removeField: { entity: 'flight', field: 'number', force: true } },
        { renameEntity: { entity: 'flight', to: 'trip' } },
      ],
      ['NEEDED at changes[0].removeField'],
    ],
    [
      'a choice that the list adds or changes, and removes',
      [
        { addChoice: { entity: 'flight', field: 'status', choice: { key: 'lost' } } },
        { removeChoice: { entity: 'flight', field: 'status', choice: 'lost' } },
        { relabelChoice: { entity: 'flight', field: 'status', choice: 'landed', label: 'Down' } },
        { removeChoice: { entity: 'flight', field: 'status', choice: 'landed' } },
      ],
      ['CONTRADICTION at changes[1].removeChoice', 'CONTRADICTION at changes[3].removeChoice'],
    ],
    [
      'a replacement that is not there',
      [{ deprecateField: { entity: 'airport', field: 'city', reason: 'Old.', replacement: 'town' } }],
      ['FIELD_MISSING at changes[0].deprecateField'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(problemsOf(changes)).toEqual(expected);
  });

  test('removing what a link, a key, a search, a formula or a role needs, all of which are named', () => {
    const design = registryOf({
      ...airline,
      entities: airline.entities.map((entity) =>
        entity.key === 'flight'
          ? {
              ...entity,
              fields: [
                ...entity.fields,
                { key: 'from', type: 'formula', options: { expression: 'upper(origin.city)' } },
              ],
            }
          : entity,
      ),
      roles: [{ key: 'agent', permissions: [{ entity: 'airport', read: { fields: ['city'] } }] }],
    });
    const [airport, city, number] = messagesOf(
      [
        { removeEntity: { entity: 'airport', force: true } },
        { removeField: { entity: 'flight', field: 'number', force: true } },
      ],
      design,
    ).concat(messagesOf([{ removeField: { entity: 'airport', field: 'city', force: true } }], design));
    expect([airport, city, number].sort()).toEqual([
      '"airport" is needed by the link "flight.origin", the link "flight.destination", the links "flight.alternates", the role "agent". Change or remove those first, or in the same list.',
      '"airport.city" is needed by the search of "airport", the formula "flight.from", the role "agent". Change or remove those first, or in the same list.',
      '"flight.number" is needed by the unique key "flight.by_number". Change or remove that first, or in the same list.',
    ]);
  });

  test('removing a link, or its entity, of which a rollup or a rule needs the way back, unless another link has it', () => {
    const count = {
      key: 'flights',
      type: 'rollup',
      options: { via: 'departures', function: 'count' },
    } as const;
    const where = { departures: { some: { number: { eq: 'FW1' } } } };
    const design = registryOf({
      ...airline,
      entities: airline.entities.map((entity) =>
        entity.key === 'airport' ? { ...entity, fields: [...entity.fields, count] } : entity,
      ),
      roles: [{ key: 'agent', permissions: [{ entity: 'airport', read: { where } }] }],
    });
    const origin = { removeField: { entity: 'flight', field: 'origin', force: true } };
    for (const removal of [origin, { removeEntity: { entity: 'flight', force: true } }]) {
      expect(messagesOf([removal], design)).toEqual([
        expect.stringMatching(/ is needed by the rollup "airport.flights", the role "agent"\. /),
      ]);
    }
    const options = { target: 'airport', inverse: 'departures' };
    const instead = { addField: { entity: 'flight', field: { key: 'from', type: 'link', options } } };
    expect(problemsOf([origin, instead], design)).toEqual([]);
  });

  test('nothing of what goes together with what needs it', () => {
    const { document } = applied([
      { dropKey: { entity: 'flight', key: 'by_number' } },
      { removeField: { entity: 'flight', field: 'number', force: true } },
      { deprecateField: { entity: 'airport', field: 'elevation', reason: 'Nobody reads it.' } },
    ]);
    expect(document.entities[1]?.keys).toBeUndefined();
    expect(document.entities[0]?.fields[2]?.deprecated).toEqual({ reason: 'Nobody reads it.' });
  });

  test('what breaks something that no change of the list speaks of, at the change that does it', () => {
    const design = registryOf({
      ...airline,
      entities: airline.entities.map((entity) => ({
        ...entity,
        fields: [
          ...entity.fields,
          ...(entity.key === 'airport'
            ? ([
                { key: 'flights', type: 'rollup', options: { via: 'departures', function: 'count' } },
                { key: 'feet', type: 'formula', options: { expression: 'elevation * 3.28' } },
              ] as const)
            : []),
        ],
      })),
    });
    const harmless = { relabelEntity: { entity: 'flight', label: 'Trip' } };
    const breaking = [
      { changeLink: { entity: 'flight', field: 'origin', inverse: null } },
      { changeType: { entity: 'airport', field: 'elevation', type: 'boolean' } },
    ] as const;
    expect(problemsOf([breaking[0]], design)).toEqual([
      expect.stringMatching(/ at changes\[0\]\.changeLink$/),
    ]);
    const list = [harmless, breaking[1], { indexField: { entity: 'flight', field: 'number' } }, breaking[0]];
    expect([...problemsOf(list, design)].sort()).toEqual([
      expect.stringMatching(/ at changes\[1\]\.changeType$/),
      expect.stringMatching(/ at changes\[3\]\.changeLink$/),
    ]);
  });

  test('what is wrong with all of it is, of one change, at that change', () => {
    const tooMany = { code: 'TOO_MANY_RECORDS', path: 'entities', message: 'Too many.' };
    const { locate } = applied([{ indexField: { entity: 'flight', field: 'number' } }]);
    expect(locate(tooMany)).toEqual({ ...tooMany, path: 'changes[0].indexField' });
  });

  test('and gives what the changes without problems come to, where that makes sense', () => {
    const refused = applyChanges(current, [
      { renameField: { entity: 'airport', field: 'citty', to: 'town' } },
      { changeField: { entity: 'airport', field: 'town', required: true } },
      { indexField: { entity: 'flight', field: 'number' } },
    ]);
    const rest = 'problems' in refused ? toEnd(refused.rest()) : null;
    expect(rest && entityOf(rest.registry, 'flight').fieldByKey.get('number')?.indexed).toBe(true);
    const wrong = applyChanges(current, [{ removeEntity: { entity: 'flite' } }]);
    expect('problems' in wrong && toEnd(wrong.rest())).toBeNull();
  });

  test('an alias that is in the way of another name', () => {
    const { registry } = applied([{ renameField: { entity: 'flight', field: 'number', to: 'code' } }]);
    expect(
      problemsOf([{ addField: { entity: 'flight', field: { key: 'number', type: 'text' } } }], registry),
    ).toEqual(['NAME_COLLISION at changes[0].addField.field.key']);
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
