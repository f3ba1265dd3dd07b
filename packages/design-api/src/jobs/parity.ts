import type { Entity, Field, Registry } from '@formwork/registry';
import type { ParityReport } from '@formwork/registry-store';
import { builder } from '../builder.ts';
import { RecordsType } from '../problem.ts';

export interface ParityOfRegistry extends ParityReport {
  readonly registry: Registry | null;
}

export const ParityType = builder.objectRef<ParityOfRegistry>('Parity').implement({
  description:
    'A field and the one that takes its place in another type, compared over all records: each value derived anew.',
  fields: (t) => ({
    entity: t.string({
      description: 'Key of the entity.',
      resolve: (report) => entityOf(report)?.key ?? report.entityType,
    }),
    field: t.string({
      description: 'Key of the new field.',
      resolve: (report) => fieldOf(report)?.key ?? report.field,
    }),
    convertedFrom: t.string({
      description: 'Key of the old one.',
      resolve: (report) => {
        const from = fieldOf(report)?.conversion?.from ?? '';
        return entityOf(report)?.fieldByStorageKey.get(from)?.key ?? from;
      },
    }),
    isServed: t.boolean({
      description: 'Whether clients see the new one: once no record differs.',
      resolve: ({ state }) => state === 'ready',
    }),
    differences: t.expose('differences', {
      type: RecordsType,
      nullable: true,
      description:
        'Records whose two values are not alike; those that are not filled yet are among them. Null: none.',
    }),
    misfits: t.expose('misfits', {
      type: RecordsType,
      nullable: true,
      description: 'Those of them whose old value cannot be converted.',
    }),
  }),
});

function entityOf({ registry, entityType }: ParityOfRegistry): Entity | undefined {
  return registry?.entityByStorageKey.get(entityType);
}

function fieldOf(report: ParityOfRegistry): Field | undefined {
  return entityOf(report)?.allFields.find(({ storageKey }) => storageKey === report.field);
}
