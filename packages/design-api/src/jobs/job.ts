import type { Registry } from '@formwork/registry';
import type { Job, JobState } from '@formwork/registry-store';
import { builder } from '../builder.ts';

const JobStateEnum = builder.enumType('JobState', {
  description: 'Where a job is.',
  values: {
    waiting: { description: 'Nobody is at it yet.' },
    running: { description: 'A gateway is at it, or was until a moment ago.' },
    paused: { description: 'Until `resumeJob`.' },
    blocked: { description: 'Values are in the way: change them, then `retryJob`.' },
    failed: { description: 'It went wrong too often: see `error`, then `retryJob`.' },
    done: { description: 'All records are filled, and what was filled is served.' },
    cancelled: { description: 'What was to be filled is not there any more.' },
  } satisfies Readonly<Record<JobState, object>>,
});

/** With the registry of now, by whose keys things are called. */
export interface JobOfRegistry extends Job {
  readonly registry: Registry | null;
}

export const JobType = builder.objectRef<JobOfRegistry>('Job').implement({
  description: 'Work on records that a change of the registry left behind. Gateways do it, batch by batch.',
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.exposeString('kind', {
      description:
        '`"retype"`: fills the field that takes the place of another; `"fill"`: fills new indexes and unique keys of an entity; ' +
        '`"tidy"`: empties indexes that nobody has any more.',
    }),
    entity: t.string({
      description: 'Key of the entity.',
      resolve: (job) => entityOf(job)?.key ?? job.entityType,
    }),
    field: t.string({
      nullable: true,
      description:
        'Key of the field that is filled; null where it is all new indexes and keys of the entity.',
      resolve: (job) =>
        entityOf(job)?.allFields.find(({ storageKey }) => storageKey === job.field)?.key ??
        (job.field || null),
    }),
    state: t.field({ type: JobStateEnum, resolve: ({ state }) => state }),
    progress: t.float({
      description: 'From 0 to 1.',
      resolve: ({ state, done, total }) =>
        state === 'done' ? 1 : total === 0 ? 0 : Math.min(done / total, 1),
    }),
    done: t.float({ description: 'Records that were looked at …', resolve: ({ done }) => done }),
    total: t.float({ description: '… of how many.', resolve: ({ total }) => total }),
    misfits: t.float({
      description:
        'While it is blocked: records whose value cannot be converted, or that share the value of a unique key.',
      resolve: ({ misfits }) => misfits,
    }),
    examples: t.idList({ description: 'Ids of some of them.', resolve: ({ examples }) => [...examples] }),
    attempts: t.exposeInt('attempts', { description: 'Batches in a row that went wrong.' }),
    error: t.exposeString('error', { nullable: true, description: 'What is in the way, and what to do.' }),
    createdBy: t.exposeString('createdBy', { description: 'Whose change it comes from.' }),
    createdAt: t.field({ type: 'DateTime', resolve: ({ createdAt }) => createdAt.toISOString() }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: ({ startedAt }) => startedAt?.toISOString() ?? null,
    }),
    updatedAt: t.field({ type: 'DateTime', resolve: ({ updatedAt }) => updatedAt.toISOString() }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: ({ finishedAt }) => finishedAt?.toISOString() ?? null,
    }),
  }),
});

function entityOf({ registry, entityType }: JobOfRegistry) {
  return registry?.entityByStorageKey.get(entityType);
}
