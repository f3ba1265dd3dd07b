import { type Registry, type Role, type RoleDocument, toDocument } from '@formwork/registry';
import { builder } from './builder.ts';

/** A role, and what it may do in the keys of today. */
interface DescribedRole extends Role {
  readonly document: RoleDocument | undefined;
}

export function rolesOf(registry: Registry): readonly DescribedRole[] {
  const documents = toDocument(registry).roles ?? [];
  return registry.roles.map((role, index) => ({ ...role, document: documents[index] }));
}

export const RoleType = builder.objectRef<DescribedRole>('Role').implement({
  description: "A role of the designer's own, beside the built-in viewer, editor, designer and admin.",
  fields: (t) => ({
    key: t.exposeString('key', { description: 'What `formwork key create --role` takes.' }),
    label: t.exposeString('label'),
    description: t.exposeString('description'),
    permissions: t.field({
      type: 'JSON',
      description:
        'As in documents: for each entity what may be read, created, updated and deleted, and of which records. ' +
        '`[{ "entity": "listing", "read": { "where": { "owner": { "email": { "eq": { "claim": "email" } } } } } }]`',
      resolve: ({ document }) => document?.permissions ?? [],
    }),
  }),
});
