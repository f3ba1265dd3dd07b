import { createRegistry, type RegistryDocument } from '@formwork/registry';
import { scaleDocument } from '../src/scale/scale-document.ts';
import { shapeDocument, shapeOf, templates } from '../src/tenants/shapes.ts';
import { articleDocument } from '../src/writes/articles.ts';

test('tenants beyond those with a shape of their own share the templates', () => {
  const shapes = Array.from({ length: 100 }, (_, tenant) => shapeOf(tenant, 20));
  expect(new Set(shapes.slice(0, 20)).size).toBe(20);
  expect(new Set(shapes.slice(20)).size).toBe(templates);
  expect(shapes.slice(0, 20).filter((shape) => shape < templates)).toEqual([]);
});

const designs: readonly (readonly [string, unknown])[] = [
  ['the first template', shapeDocument(0)],
  ['a shape of one tenant', shapeDocument(1_009)],
  ['articles', articleDocument],
  ['the marketplace that grows', scaleDocument],
];

test.each(designs)('%s is a design that can be applied', (_, document) => {
  const made = createRegistry(document as RegistryDocument);
  expect('problems' in made ? made.problems : []).toEqual([]);
});
