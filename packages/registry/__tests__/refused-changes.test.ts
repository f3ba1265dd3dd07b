import { applyChanges, toEnd } from '@formwork/registry';
import {
  applied,
  counting,
  countOfFlights,
  current,
  messagesOf,
  problemsOf,
  withFields,
} from './changing.ts';
import { entityOf, registryOf } from './designs.ts';

/* What a list of changes may not do, each with its place in the list. */

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
    const from = { key: 'from', type: 'formula', options: { expression: 'upper(origin.city)' } } as const;
    const design = registryOf({
      ...withFields('flight', from),
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
    const origin = { removeField: { entity: 'flight', field: 'origin', force: true } };
    for (const removal of [origin, { removeEntity: { entity: 'flight', force: true } }]) {
      expect(messagesOf([removal], counting)).toEqual([
        expect.stringMatching(/ is needed by the rollup "airport.flights", the role "agent"\. /),
      ]);
    }
    const options = { target: 'airport', inverse: 'departures' };
    const instead = { addField: { entity: 'flight', field: { key: 'from', type: 'link', options } } };
    expect(problemsOf([origin, instead], counting)).toEqual([]);
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
    const feet = { key: 'feet', type: 'formula', options: { expression: 'elevation * 3.28' } } as const;
    const design = registryOf(withFields('airport', countOfFlights, feet));
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
