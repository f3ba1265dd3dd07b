import type { RecordedUse } from '@formwork/registry-store';
import { builder } from './builder.ts';

export const usedByNote =
  'The latest first; gateways tell of it every few seconds. `{ client version operation name lastUsedAt }`';

export const UseType = builder.objectRef<RecordedUse>('Use').implement({
  description: 'That an operation of a client used a field or an entity.',
  fields: (t) => ({
    client: t.exposeString('client', {
      description: 'What the client says it is (`x-client-name`); else its key: `"key:<id>"`.',
    }),
    version: t.exposeString('clientVersion', { description: '`x-client-version`; empty without it.' }),
    operation: t.exposeString('operation', { description: 'Its name; empty without one.' }),
    name: t.string({
      nullable: true,
      description:
        'The key that the name which it used comes from, that of today or an alias. Null where no name was written: a row ' +
        'rule, a formula, a lookup or a rollup used it, or a link led to it.',
      resolve: ({ name }) => name || null,
    }),
    ways: t.stringList({
      description: '`"selection"`, `"filter"`, `"order"`, `"input"`, `"key"`, `"rule"`, `"formula"` …',
      resolve: ({ ways }) => [...ways],
    }),
    lastUsedAt: t.field({ type: 'DateTime', resolve: ({ lastUsedAt }) => lastUsedAt.toISOString() }),
    count: t.float({ description: 'How often, since it is known.', resolve: ({ uses }) => uses }),
  }),
});

/** Of a field or, where that is empty, of an entity. */
export function usesOf(
  uses: readonly RecordedUse[],
  entityType: string,
  field: string,
): readonly RecordedUse[] {
  return uses.filter((use) => use.entityType === entityType && use.field === field);
}
