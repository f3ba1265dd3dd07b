import { diffRegistries, type Registry, type RegistryDocument } from '@formwork/registry';
import { airline, changed, entityIn, type Mutable, registryOf } from './designs.ts';

const base = registryOf(airline);

function messages(
  change: (document: Mutable<RegistryDocument>) => void,
  before: Registry | null = base,
): readonly string[] {
  const after = registryOf(changed(airline, change), { current: base });
  return diffRegistries(before, after).map((one) => one.message);
}

test('the first registry adds its entities', () => {
  expect(diffRegistries(null, base)).toEqual([
    { kind: 'added', what: 'entity', name: 'airport', message: 'Entity "airport" added.' },
    { kind: 'added', what: 'entity', name: 'flight', message: 'Entity "flight" added.' },
  ]);
  expect(diffRegistries(base, base)).toEqual([]);
});

test('tells entities, fields and keys that come and go', () => {
  expect(
    messages((document) => {
      document.entities.push({ key: 'crew', fields: [{ key: 'name', type: 'text' }] });
      const flight = entityIn(document, 'flight');
      flight.fields = flight.fields.filter((field) => field.key !== 'fare');
      flight.fields.push({ key: 'seats', type: 'integer' });
      flight.keys = [{ key: 'by_seats', fields: ['seats'] }];
    }),
  ).toEqual([
    'Entity "crew" added.',
    'Field "flight.fare" removed.',
    'Field "flight.seats" added.',
    'Key "flight.by_number" removed.',
    'Key "flight.by_seats" added.',
  ]);
});

test('tells what changed, with the value before and after', () => {
  const after = registryOf(
    changed(airline, (document) => {
      const [iata, city] = entityIn(document, 'airport').fields;
      Object.assign(entityIn(document, 'airport'), { label: 'Aerodrome' });
      Object.assign(iata ?? {}, { unique: false });
      Object.assign(city ?? {}, { default: 'Ulm', options: { maxLength: 9 } });
    }),
    { current: base },
  );
  expect(diffRegistries(base, after)).toEqual([
    {
      kind: 'changed',
      what: 'entity',
      name: 'airport',
      property: 'label',
      before: 'Airport',
      after: 'Aerodrome',
      message: 'Entity "airport": label changed from "Airport" to "Aerodrome".',
    },
    expect.objectContaining({
      name: 'airport.iata',
      message: 'Field "airport.iata": unique changed from true to false.',
    }),
    expect.objectContaining({ message: 'Field "airport.city": default changed from nothing to "Ulm".' }),
    expect.objectContaining({ property: 'options.maxLength', before: undefined, after: 9 }),
  ]);
});

test('tells another order once', () => {
  expect(messages((document) => document.entities.reverse())).toEqual([
    'The registry: order of entities changed from ["airport","flight"] to ["flight","airport"].',
  ]);
  expect(messages((document) => entityIn(document, 'airport').fields.reverse())).toEqual([
    'Entity "airport": order of fields changed from ["iata","city","elevation"] to ["elevation","city","iata"].',
  ]);
});

test('a retyped field is another one', () => {
  expect(
    messages((document) => Object.assign(entityIn(document, 'airport').fields[2] ?? {}, { type: 'number' })),
  ).toEqual(['Field "airport.elevation" removed.', 'Field "airport.elevation" added.']);
});

test('tells of a former name when it is another plural', () => {
  const renamed = registryOf(
    changed(airline, (document) => {
      Object.assign(entityIn(document, 'airport'), { aliases: [{ key: 'airfield' }] });
    }),
  );
  const [alias] = renamed.entities[0]?.aliases ?? [];
  expect(alias?.plural).toBe('airfields');
  const other = registryOf(
    changed(airline, (document) => {
      Object.assign(entityIn(document, 'airport'), { aliases: [{ key: 'airfield', plural: 'fields' }] });
    }),
  );
  expect(diffRegistries(renamed, other).map(({ message }) => message)).toEqual([
    'Entity "airport": aliases changed from ["airfield"] to [{"key":"airfield","plural":"fields"}].',
  ]);
});

test('does not tell long values', () => {
  expect(
    messages((document) => entityIn(document, 'flight').fields[4]?.options?.choices?.push({ key: 'lost' })),
  ).toEqual(['Field "flight.status": options.choices changed.']);
});
