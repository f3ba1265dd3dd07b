import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isIntrospectionType, isSpecifiedScalarType, printSchema, validateSchema } from 'graphql';
import { designSchema } from '../src/index.ts';

test('is valid', () => {
  expect(validateSchema(designSchema)).toEqual([]);
});

test('describes every type', () => {
  const types = Object.values(designSchema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  expect(types.filter((type) => !type.description).map((type) => type.name)).toEqual([]);
});

/** After a wanted change: UPDATE_SDL=1 npx jest packages/design-api/__tests__/design-schema */
test('has the SDL of its snapshot', () => {
  const file = join(import.meta.dirname, '__snapshots__', 'design.graphql');
  const sdl = `${printSchema(designSchema)}\n`;
  if (process.env.UPDATE_SDL) writeFileSync(file, sdl);
  expect(sdl).toBe(readFileSync(file, 'utf8'));
});
