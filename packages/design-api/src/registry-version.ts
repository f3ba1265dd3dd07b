import type { RegistryVersion } from '@formwork/registry-store';
import { builder } from './builder.ts';
import { ChangeType } from './change.ts';

export const RegistryVersionType = builder.objectRef<RegistryVersion>('RegistryVersion').implement({
  description: 'A registry that was applied.',
  fields: (t) => ({
    version: t.exposeInt('version'),
    appliedBy: t.exposeString('appliedBy', {
      description: '`"key:0193…"` for an API key, `"cli"` for the command.',
    }),
    changes: t.expose('changes', {
      type: [ChangeType],
      description: 'What it did. Empty for versions from before that was kept.',
    }),
    appliedAt: t.expose('appliedAt', { type: 'DateTime' }),
    document: t.expose('document', {
      type: 'JSON',
      nullable: true,
      description: 'The whole registry as it was.',
    }),
  }),
});
