import type { RegistryChange } from '@formwork/registry';
import type { CheckedChange, LeftBehind } from '@formwork/registry-store';
import { builder } from './builder.ts';
import { ProblemType } from './problem.ts';

export const ChangeType = builder
  .objectRef<Pick<RegistryChange, 'kind' | 'what' | 'name' | 'message'>>('Change')
  .implement({
    description: 'One thing that becomes of the registry.',
    fields: (t) => ({
      kind: t.exposeString('kind', { description: '`"added"`, `"removed"` or `"changed"`.' }),
      what: t.exposeString('what', { description: '`"entity"`, `"field"`, `"key"` or `"role"`.' }),
      name: t.exposeString('name', { description: '`"flight.status"`' }),
      message: t.exposeString('message', { description: 'All of it as a sentence.' }),
    }),
  });

export const LeftBehindType = builder.objectRef<LeftBehind>('LeftBehind').implement({
  description: 'Data of an entity or field that the document no longer has. It is kept, out of sight.',
  fields: (t) => ({
    entity: t.exposeString('entity'),
    field: t.exposeString('field', { nullable: true, description: 'Null where the whole entity goes.' }),
    records: t.exposeInt('records', { description: 'How many records have such data.' }),
  }),
});

export const RegistryCheckType = builder.objectRef<CheckedChange>('RegistryCheck').implement({
  description: 'What applying a document would do.',
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'Of the registry that it was checked against.' }),
    isApplicable: t.boolean({
      description: 'Whether there is no problem.',
      resolve: ({ problems }) => problems.length === 0,
    }),
    problems: t.expose('problems', { type: [ProblemType] }),
    changes: t.expose('changes', { type: [ChangeType] }),
    leftBehind: t.expose('leftBehind', { type: [LeftBehindType] }),
  }),
});
