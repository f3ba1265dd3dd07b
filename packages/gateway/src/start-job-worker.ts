import type { ControlPlane } from '@formwork/pg';
import { JobWorker } from '@formwork/registry-store';
import type { Services } from './services.ts';

/** Works on the jobs of all tenants beside the requests, at the pace that the settings say. */
export function startJobWorker(
  control: ControlPlane,
  { options, log }: Pick<Services, 'options' | 'log'>,
): Promise<JobWorker> {
  const pace = { batch: options.jobBatch, load: options.jobLoad, lease: options.jobLeaseSeconds };
  return JobWorker.start(control, pace, (error, message) => log.warn({ err: error }, message));
}
