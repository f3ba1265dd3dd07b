import type { Entity, Field } from '@formwork/registry';
import { compileView } from '@formwork/view-compiler';
import { entityOf, everyType, registryOf } from './every-type.ts';

const plain = entityOf(registryOf(everyType({ indexed: false })));
const indexed = entityOf(registryOf(everyType({ indexed: true })));

/** Names are hashes of the content: they would change with it, and say nothing to a reader. */
const readable = (entity: Entity) => compileView(entity).text.replace(entity.viewName, '<view>');

test('reads every type out of data', () => {
  expect(readable(plain)).toMatchSnapshot();
});

test('reads slots that lose nothing, and adds the search keys', () => {
  expect(readable(indexed)).toMatchSnapshot();
});

test('reads data while a slot is filling, and shows no key of it', () => {
  const current = registryOf(everyType({ indexed: false }));
  const filling = registryOf(everyType({ indexed: true }), { current, populated: new Set(['thing']) });
  // The link had its slot before.
  expect(readable(entityOf(filling))).toBe(readable(plain));
});

test('is the same for the same content in another order', () => {
  const document = everyType({ indexed: true });
  const [thing, other] = document.entities;
  if (!thing || !other) throw new Error('two entities');
  const first = registryOf(document);
  // Slots are given out in order, so they are kept from the first registry.
  const turned = { ...document, entities: [{ ...thing, fields: [...thing.fields].reverse() }, other] };
  const second = registryOf(turned, { current: first });
  expect(compileView(entityOf(second))).toEqual(compileView(entityOf(first)));
});

test('has another name whenever it has another text', () => {
  const base = registryOf(everyType({ indexed: true }));
  const entity = entityOf(base);
  const documents = entity.fields.map((field) => {
    const document = everyType({ indexed: true });
    return {
      ...document,
      entities: document.entities.map((one) => ({
        ...one,
        fields: one.fields.filter(({ key }) => key !== field.key),
        keys: [],
      })),
    };
  });
  const views = [everyType({ indexed: false }), everyType({ indexed: true }), ...documents]
    .map((document) =>
      registryOf({ ...document, entities: document.entities.filter(({ fields }) => fields.length > 0) }),
    )
    .flatMap((registry) => registry.entities.map(compileView));
  const textOf = new Map<string, string>();
  for (const { name, text } of views) {
    const content = text.replace(name, '');
    expect(textOf.get(name) ?? content).toBe(content);
    textOf.set(name, content);
  }
  expect(new Set(textOf.values()).size).toBe(textOf.size);
});

test.each([`x'; drop table formwork.records; --`, `a"b`, `a\\'b`, '$$', 'a.b', 'select', '" from x'])(
  'quotes a storage key like %p, though no registry would have it',
  (storageKey) => {
    const field: Field = { ...(plain.fields[0] as Field), storageKey };
    const { text } = compileView({ ...plain, storageKey, fields: [field] });
    const literal = storageKey.includes('\\')
      ? `E'${storageKey.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
      : `'${storageKey.replaceAll("'", "''")}'`;
    expect(text).toContain(`data ->> ${literal} as "${storageKey.replaceAll('"', '""')}"`);
    expect(text).toContain(`where entity_type = ${literal} and`);
  },
);

test.each(['', 'a\0b', 'x'.repeat(64), 'ü'.repeat(32)])(
  'throws for a name that Postgres cannot hold: %p',
  (storageKey) => {
    const field: Field = { ...(plain.fields[0] as Field), storageKey };
    expect(() => compileView({ ...plain, fields: [field] })).toThrow(TypeError);
  },
);
