import { fieldTypeRules, fieldTypes, registryDocumentSchema } from '@formwork/registry';

/** As much of JSON Schema as the schema below is read with: enough to see that it says what `checkDocument` says. */
interface Schema {
  readonly $defs: Readonly<Record<string, { readonly properties: Readonly<Record<string, unknown>> }>>;
}

const schema = registryDocumentSchema as unknown as Schema & Readonly<Record<string, unknown>>;
const text = JSON.stringify(schema);

test('is JSON, of draft 2020-12, and refers only to what it defines', () => {
  expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
  const references = [...text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map(([, path]) => path ?? '');
  expect(references.length).toBeGreaterThan(10);
  for (const path of references) {
    const found = path
      .split('/')
      .reduce<unknown>((at, name) => Reflect.get(at as object, name), schema.$defs);
    expect([path, typeof found]).toEqual([path, 'object']);
  }
});

test('knows every type, with exactly its options', () => {
  const field = schema.$defs.field as unknown as {
    properties: { type: { enum: string[] } };
    allOf: {
      if: { properties: { type: { const: string } } };
      then: { properties: { options: { properties: object } } };
    }[];
  };
  expect(field.properties.type.enum).toEqual([...fieldTypes]);
  const options = field.allOf.map((one) => [
    one.if.properties.type.const,
    Object.keys(one.then.properties.options.properties),
  ]);
  expect(options).toEqual(fieldTypes.map((type) => [type, [...fieldTypeRules[type].options]]));
});
