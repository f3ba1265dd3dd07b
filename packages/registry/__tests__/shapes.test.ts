import {
  type EntityDocument,
  type RegistryDocument,
  showsData,
  viewNameOf,
  withReadySlots,
} from '@formwork/registry';
import {
  airline,
  changed,
  documentOf,
  documentWith,
  entityIn,
  entityOf,
  type Mutable,
  registryOf,
} from './designs.ts';

const base = registryOf(airline);

/** What becomes of the shapes when the airline is designed otherwise from the start. */
function shapesAfter(change: (document: Mutable<RegistryDocument>) => void): string {
  const { apiShape, planShape } = registryOf(changed(airline, change));
  return [apiShape !== base.apiShape && 'api', planShape !== base.planShape && 'plan']
    .filter(Boolean)
    .join(' and ');
}

const flight = (document: Mutable<RegistryDocument>): Mutable<EntityDocument> => entityIn(document, 'flight');
const airport = (document: Mutable<RegistryDocument>): Mutable<EntityDocument> =>
  entityIn(document, 'airport');
const field = (entity: Mutable<EntityDocument>, key: string) => {
  const found = entity.fields.find((one) => one.key === key);
  if (found === undefined) {
    throw new Error(`no field "${key}"`);
  }
  return found;
};

test('equal designs have equal shapes, whatever the order of properties and whatever is said that holds anyway', () => {
  expect(shapesAfter(() => {})).toBe('');
  const said = changed(airline, (document) => {
    Object.assign(airport(document), { plural: 'airports', softDelete: false, description: '' });
    field(airport(document), 'city').required = false;
    field(flight(document), 'origin').options = {
      onDelete: 'restrict',
      inverse: 'departures',
      target: 'airport',
    };
  });
  const { apiShape, planShape } = registryOf(said);
  expect({ apiShape, planShape }).toEqual({ apiShape: base.apiShape, planShape: base.planShape });
  expect(base.apiShape).toMatch(/^[0-9a-f]{64}$/);
  expect(base.planShape).toMatch(/^[0-9a-f]{64}$/);
  expect(base.planShape).not.toBe(base.apiShape);
});

test.each<[string, (document: Mutable<RegistryDocument>) => unknown]>([
  ['label of an entity', (document) => (flight(document).label = 'Journey')],
  ['description of an entity', (document) => (flight(document).description = 'By air.')],
  ['label of a field', (document) => (field(flight(document), 'fare').label = 'Price')],
  [
    'label of a choice',
    (document) =>
      Object.assign(field(flight(document), 'status').options?.choices?.[0] ?? {}, { label: '!' }),
  ],
])('a %s shows in the API and changes no plan', (_, change) => {
  expect(shapesAfter(change)).toBe('api');
});

test.each<[string, (document: Mutable<RegistryDocument>) => unknown]>([
  ['index', (document) => (field(airport(document), 'city').indexed = false)],
  ['bound', (document) => (field(flight(document), 'fare').options = { min: '1' })],
  [
    'default that is another',
    (document) =>
      Object.assign(field(flight(document), 'status').options ?? {}, { initial: ['planned', 'landed'] }),
  ],
  [
    'transition',
    (document) =>
      Object.assign(field(flight(document), 'status').options?.transitions ?? {}, { planned: [] }),
  ],
  [
    'policy of a link',
    (document) => Object.assign(field(flight(document), 'origin').options ?? {}, { onDelete: 'cascade' }),
  ],
  [
    'key that ignores case',
    (document) => Object.assign(flight(document).keys?.[0] ?? {}, { caseInsensitive: false }),
  ],
])('a %s changes plans and does not show in the API', (_, change) => {
  expect(shapesAfter(change)).toBe('plan');
});

test.each<[string, (document: Mutable<RegistryDocument>) => unknown]>([
  ['new field', (document) => flight(document).fields.push({ key: 'seats', type: 'integer' })],
  ['plural', (document) => (flight(document).plural = 'journeys')],
  ['required field', (document) => (field(airport(document), 'city').required = true)],
  ['default', (document) => delete field(flight(document), 'status').default],
  ['choice', (document) => field(flight(document), 'status').options?.choices?.push({ key: 'lost' })],
  [
    'name of a way back',
    (document) => Object.assign(field(flight(document), 'origin').options ?? {}, { inverse: 'starts' }),
  ],
  ['key', (document) => delete flight(document).keys],
  ['soft delete', (document) => delete flight(document).softDelete],
  ['search', (document) => delete airport(document).searchable],
])('a %s changes both', (_, change) => {
  expect(shapesAfter(change)).toBe('api and plan');
});

test('slots that differ by history change the plan shape and not the API shape', () => {
  const text = (key: string, indexed: boolean) => ({ key, type: 'text', indexed });
  const first = registryOf(documentWith([text('a', true), text('b', false)]));
  const [current, at] = [first, documentWith([text('a', false), text('b', true)])];
  const swapped = registryOf(documentWith([text('a', true), text('b', true)]), {
    current: registryOf(at, { current }),
  });
  const fresh = registryOf(documentWith([text('a', true), text('b', true)]));
  expect(swapped.apiShape).toBe(fresh.apiShape);
  expect(swapped.planShape).not.toBe(fresh.planShape);
});

test('a key shows in the API when it is ready, and no sooner', () => {
  const field = { key: 'code', type: 'text' };
  const without = registryOf(documentWith([field]));
  const options = { current: without, populated: new Set(['thing']) };
  const filling = registryOf(documentWith([{ ...field, unique: true }]), options);
  expect(filling.apiShape).toBe(without.apiShape);
  expect(filling.planShape).not.toBe(without.planShape);
  expect(withReadySlots(filling).apiShape).not.toBe(without.apiShape);
});

test('a view says by its name whether it shows the data of its records: those of the first format do not', () => {
  const entity = entityOf(base, 'flight');
  expect(showsData(entity)).toBe(true);
  expect(showsData({ viewName: 'v_d4b5b297b93b413faf283908' })).toBe(false);
});

test('a view is named after what is in it', () => {
  const view = (fields: object[], more: object = {}, current = undefined as typeof base | undefined) =>
    entityOf(registryOf(documentWith(fields, more), current ? { current } : {})).viewName;
  const text = { key: 'a', type: 'text' };
  const plain = view([text]);
  expect(plain).toMatch(/^v2_[0-9a-f]{24}$/);
  expect(
    view([{ ...text, label: 'A', required: true, options: { maxLength: 5 } }], {
      label: 'B',
      plural: 'some',
    }),
  ).toBe(plain);
  expect(view([text, { key: 'b', type: 'text' }])).not.toBe(plain);
  expect(view([{ ...text, type: 'email' }])).not.toBe(plain);
  expect(view([{ ...text, indexed: true }])).not.toBe(plain);
  expect(view([{ ...text, unique: true }])).not.toBe(plain);
  expect(view([text, { key: 'list', type: 'links', options: { target: 'thing' } }])).toBe(plain);
  expect(view([{ key: 'b', type: 'text' }, text])).toBe(view([text, { key: 'b', type: 'text' }]));
  expect(entityOf(registryOf(documentOf({ key: 'other', fields: [text] })), 'other').viewName).not.toBe(
    plain,
  );
  expect(viewNameOf(entityOf(base, 'flight'))).toBe(entityOf(base, 'flight').viewName);
});
