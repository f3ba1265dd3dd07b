import type { Job } from '@formwork/registry-store';
import { builder } from '../builder.ts';
import type { DesignContext } from '../context.ts';
import { withKnownErrors } from '../known-errors.ts';
import { JobType } from './job.ts';
import { ParityType } from './parity.ts';

builder.queryFields((t) => ({
  jobs: t.field({
    type: [JobType],
    description: 'Jobs of the tenant, the latest first: `{ jobs { entity field state progress error } }`.',
    resolve: async (_root, _args, context) => {
      const { registry } = await context.store.load(context.tenantId);
      const jobs = await context.store.jobs(context.tenantId);
      return jobs.map((job) => ({ ...job, registry }));
    },
  }),
  parity: t.field({
    type: [ParityType],
    description:
      'How alike fields are with those that take their places; looks through all their records. ' +
      '`{ parity { entity field convertedFrom isServed differences { count examples } } }`',
    resolve: async (_root, _args, { store, tenantId }) => {
      const { registry } = await store.load(tenantId);
      return (await store.parity(tenantId)).map((report) => ({ ...report, registry }));
    },
  }),
}));

builder.mutationFields((t) => ({
  pauseJob: t.field({
    type: JobType,
    description: 'Stops a job after the batch that it is at. What is filled stays filled.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => told(context, context.store.pauseJob(context.tenantId, String(id))),
  }),
  resumeJob: t.field({
    type: JobType,
    description: 'Goes on with a job that was paused, where it stopped.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => told(context, context.store.resumeJob(context.tenantId, String(id))),
  }),
  retryJob: t.field({
    type: JobType,
    description: 'Goes on with a job that was blocked, once the values are changed, or that has failed.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => told(context, context.store.retryJob(context.tenantId, String(id))),
  }),
}));

async function told({ store, tenantId }: DesignContext, change: Promise<Job>) {
  const job = await withKnownErrors(change);
  return { ...job, registry: (await store.load(tenantId)).registry };
}
