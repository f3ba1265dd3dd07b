import type { RegistryVersion } from '@formwork/registry-store';
import { builder } from './builder.ts';

export const RegistryVersionType = builder.objectRef<RegistryVersion>('RegistryVersion').implement({
  description: 'A registry that was applied.',
  fields: (t) => ({
    version: t.exposeInt('version'),
    appliedBy: t.exposeString('appliedBy', {
      description: '`"key:0193…"` for an API key, `"cli"` for the command.',
    }),
    appliedAt: t.expose('appliedAt', { type: 'DateTime' }),
    document: t.expose('document', {
      type: 'JSON',
      nullable: true,
      description: 'The whole registry as it was.',
    }),
  }),
});
