import { createRegistry, type Registry, type RegistryDocument, registryForRole } from '@formwork/registry';
import fc from 'fast-check';
import { buildSchema, type GraphQLSchema, isInputObjectType, isObjectType, validateSchema } from 'graphql';
import { buildGraphqlSchema, printTenantSchema } from '../src/index.ts';
import { randomDocument } from './random-documents.ts';

const agency: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'owner',
      softDelete: true,
      fields: [
        { key: 'email', type: 'email', required: true, unique: true },
        { key: 'iban', type: 'text' },
      ],
    },
    {
      key: 'listing',
      fields: [
        { key: 'title', type: 'text', required: true },
        { key: 'secret', type: 'text', unique: true },
        { key: 'owner', type: 'link', options: { target: 'owner', inverse: 'listings' } },
        { key: 'viewers', type: 'links', options: { target: 'owner', inverse: 'viewed' } },
        { key: 'shouted', type: 'formula', options: { expression: 'upper(secret)' } },
      ],
    },
  ],
  roles: [
    {
      key: 'agent',
      permissions: [
        { entity: 'owner', read: { fields: ['email'] } },
        {
          entity: 'listing',
          read: { fields: ['title', 'owner', 'shouted'], where: { title: { ne: 'hidden' } } },
          create: true,
          update: { fields: ['title'] },
        },
      ],
    },
    { key: 'nobody', permissions: [] },
    { key: 'lister', permissions: [{ entity: 'listing', read: true, create: { fields: ['title'] } }] },
    { key: 'cleaner', permissions: [{ entity: '*', read: true, delete: true }] },
  ],
};

function registryOf(document: RegistryDocument): Registry {
  const made = createRegistry(document);
  if ('problems' in made) throw new Error(JSON.stringify(made.problems));
  return made.registry;
}

function schemaFor(role: string): GraphQLSchema {
  const registry = registryForRole(registryOf(agency), role);
  if (!registry) throw new Error(`There is no role "${role}".`);
  const schema = buildGraphqlSchema(registry);
  expect(validateSchema(schema)).toEqual([]);
  return schema;
}

function fieldsOf(schema: GraphQLSchema, name: string): string[] {
  const type = schema.getType(name);
  return isObjectType(type) || isInputObjectType(type) ? Object.keys(type.getFields()) : [];
}

const system = ['id', 'version', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy'];

test('a role has the fields, ways back, filters and keys that it may read', () => {
  const schema = schemaFor('agent');
  expect(fieldsOf(schema, 'Owner')).toEqual([...system, 'email', 'listings', 'listingsAggregate']);
  expect(fieldsOf(schema, 'Listing')).toEqual([...system, 'title', 'owner']);
  expect(fieldsOf(schema, 'ListingFilter')).not.toContain('secret');
  expect(fieldsOf(schema, 'ListingOrder')).not.toContain('secret');
  expect(schema.getType('ListingUniqueKey')).toBeUndefined();
  expect(Object.keys(schema.getQueryType()?.getFields() ?? {})).not.toContain('listingBySecret');
  // Nothing at all speaks of what is hidden.
  expect(printTenantSchema(schema)).not.toMatch(/secret|iban|viewers|viewed|shouted/i);
});

test('a role has the mutations and inputs that it may use', () => {
  const schema = schemaFor('agent');
  expect(fieldsOf(schema, 'Mutation')).toEqual([
    'createListing',
    'updateListing',
    'createListings',
    'updateListings',
  ]);
  expect(fieldsOf(schema, 'CreateListingInput')).toEqual(['title', 'owner']);
  expect(fieldsOf(schema, 'UpdateListingInput')).toEqual(['title']);
  // Owners may be linked to, and not be made.
  expect(fieldsOf(schema, 'OwnerLinkInput')).toEqual(['id', 'by']);
  expect(fieldsOf(schemaFor('cleaner'), 'Mutation')).toEqual([
    'deleteOwner',
    'restoreOwner',
    'deleteOwners',
    'deleteListing',
    'deleteListings',
  ]);
  expect(fieldsOf(schemaFor('lister'), 'CreateListingInput')).toEqual(['title']);
});

test('a role that may write nothing has no mutations, and one that may read nothing a schema all the same', () => {
  expect(schemaFor('viewer').getMutationType()).toBeUndefined();
  expect(fieldsOf(schemaFor('viewer'), 'Listing')).toContain('secret');
  expect(fieldsOf(schemaFor('nobody'), 'Query')).toEqual(['node', 'nodes', 'entitySchema']);
  expect(fieldsOf(schemaFor('editor'), 'Mutation')).toContain('deleteOwner');
});

/** Rights of a random kind over the entities and fields of a design. */
const randomRole = (document: RegistryDocument) =>
  fc.record({
    key: fc.constant('some'),
    permissions: fc
      .tuple(
        ...document.entities.map(({ key, fields }) => {
          const names = fc.subarray(fields.map((field) => field.key));
          const flag = fc.boolean();
          return fc.record({
            entity: fc.constant(key),
            read: fc.oneof(fc.constant(true), fc.record({ fields: names })),
            update: flag,
            delete: flag,
          });
        }),
      )
      .chain((permissions) => fc.subarray([...permissions])),
  });

test('roles of one API shape have one SDL, and it is valid', () => {
  const seen = { same: 0, different: 0 };
  fc.assert(
    fc.property(
      randomDocument.chain((document) =>
        fc.tuple(fc.constant(document), randomRole(document), randomRole(document)),
      ),
      ([document, one, other]) => {
        const roles = [one, { ...other, key: 'other' }];
        const made = createRegistry({ ...document, roles } as RegistryDocument);
        if ('problems' in made) return;
        const [left, right] = ['some', 'other'].map(
          (role) => registryForRole(made.registry, role) as Registry,
        );
        const [leftSdl, rightSdl] = [left, right].map((registry) => {
          const schema = buildGraphqlSchema(registry as Registry);
          expect(validateSchema(schema)).toEqual([]);
          const sdl = printTenantSchema(schema);
          expect(printTenantSchema(buildSchema(sdl))).toBe(sdl);
          return sdl;
        });
        if (left?.apiShape === right?.apiShape) {
          seen.same += 1;
          expect(leftSdl).toBe(rightSdl);
        } else {
          seen.different += 1;
          expect(leftSdl).not.toBe(rightSdl);
        }
      },
    ),
    { numRuns: 60 },
  );
  expect(seen.different).toBeGreaterThan(5);
});
