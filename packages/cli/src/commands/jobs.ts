import type { ControlPlane } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import {
  type Job,
  JobError,
  loadTenantRegistry,
  pauseJob,
  readJob,
  readJobs,
  readParity,
  resumeJob,
  retryJob,
  workOffJobs,
} from '@formwork/registry-store';
import type { Command } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { Failure } from '../failure.ts';
import { getTenant } from '../find-tenant.ts';
import { ChangesPending } from '../pending.ts';
import { quote } from '../quote.ts';
import { formatTable, print, type Terminal } from '../terminal.ts';
import { withInstallation } from '../with-installation.ts';

interface Options {
  readonly tenant: string;
  readonly json?: boolean;
}

/** `formwork jobs list|show|parity|run|pause|resume|retry`. */
export function addJobsCommand(program: Command, terminal: Terminal): void {
  const jobs = program
    .command('jobs')
    .description(
      'Work on records that a change of a registry left behind: a change of type fills the new field, an index or a key of many records is filled.',
    );
  addList(jobs, terminal);
  addShow(jobs, terminal);
  addParity(jobs, terminal);
  addRun(jobs, terminal);
  for (const tell of tellings) addTelling(jobs, terminal, tell);
}

function command(jobs: Command, name: string, description: string, ...lines: readonly string[]): Command {
  return jobs
    .command(name)
    .description(description)
    .requiredOption('--tenant <slug>', 'whose jobs')
    .addOption(jsonOption())
    .addHelpText('after', examples(...lines));
}

function addList(jobs: Command, terminal: Terminal): void {
  command(
    jobs,
    'list',
    'List the jobs of a tenant, the latest first.',
    'formwork jobs list --tenant acme',
  ).action(({ tenant: slug, json }: Options) =>
    withInstallation(terminal, async ({ control }) => {
      const { id } = await getTenant(control, slug);
      const called = await callerOf(control, id);
      const listed = (await readJobs(control, id)).map(called);
      const header = ['JOB', 'FIELD', 'STATE', 'RECORDS', 'SINCE'];
      print(terminal, json === true, { tenant: slug, jobs: listed }, [
        ...(listed.length === 0 ? ['There are no jobs.'] : formatTable(header, listed.map(toCells))),
      ]);
    }),
  );
}

function addShow(jobs: Command, terminal: Terminal): void {
  command(jobs, 'show', 'Show one job.', 'formwork jobs show --tenant acme <id>')
    .argument('<id>', 'as "formwork jobs list" shows it')
    .action((jobId: string, { tenant: slug, json }: Options) =>
      withInstallation(terminal, async ({ control }) => {
        const { id } = await getTenant(control, slug);
        const found = await readJob(control, id, jobId);
        if (found === null) throw new Failure(`The tenant ${quote(slug)} has no job ${quote(jobId)}.`);
        const job = (await callerOf(control, id))(found);
        print(terminal, json === true, job, describe(job));
      }),
    );
}

function addParity(jobs: Command, terminal: Terminal): void {
  command(
    jobs,
    'parity',
    'Compare each field that changes its type with the one that takes its place, over all records.',
    'formwork jobs parity --tenant acme',
  )
    .addHelpText('after', '\nThe exit code is 0 if all are alike, 2 if records differ.\n')
    .action(({ tenant: slug, json }: Options) =>
      withInstallation(terminal, async ({ control }) => {
        const { id } = await getTenant(control, slug);
        const called = await callerOf(control, id);
        const reports = (await readParity(control, id)).map(called);
        const lines = reports.map(({ name, state, differences, misfits }) => {
          const unfit =
            misfits === null ? '' : `, ${misfits.count} of them with a value that cannot be converted`;
          const found =
            differences === null
              ? 'no record differs'
              : `${differences.count} records differ${unfit}: ${differences.examples.join(', ')}`;
          return `${name} (${state === 'ready' ? 'served' : 'being filled'}): ${found}.`;
        });
        print(terminal, json === true, { tenant: slug, parity: reports }, [
          ...(lines.length === 0 ? ['No field changes its type.'] : lines),
        ]);
        if (reports.some(({ differences }) => differences !== null)) throw new ChangesPending();
      }),
    );
}

function addRun(jobs: Command, terminal: Terminal): void {
  command(
    jobs,
    'run',
    'Work on the jobs of a tenant until none is left to be done, beside gateways or without one.',
    'formwork jobs run --tenant acme',
  ).action(({ tenant: slug, json }: Options) =>
    withInstallation(terminal, async ({ control, settings }) => {
      const { id } = await getTenant(control, slug);
      await workOffJobs(control, {
        tenantId: id,
        batch: settings.jobBatch,
        load: 100,
        lease: settings.jobLeaseSeconds,
        signal: terminal.interrupted,
      });
      const called = await callerOf(control, id);
      const left = (await readJobs(control, id))
        .map(called)
        .filter(({ state }) => state !== 'done' && state !== 'cancelled');
      const value = { tenant: slug, left };
      if (left.length === 0) {
        print(terminal, json === true, value, ['All jobs are done.']);
        return;
      }
      throw new Failure(`${left.length} ${left.length === 1 ? 'job is' : 'jobs are'} not done.`, {
        details: value,
        problems: left.map(
          ({ name, state, error }) => `${name} is ${state}${error === null ? '.' : `: ${error}`}`,
        ),
      });
    }),
  );
}

const tellings = [
  { name: 'pause', tell: pauseJob, description: 'Stop a job after the batch that it is at.' },
  { name: 'resume', tell: resumeJob, description: 'Go on with a job that was paused.' },
  { name: 'retry', tell: retryJob, description: 'Go on with a job that was blocked or has failed.' },
] as const;

function addTelling(
  jobs: Command,
  terminal: Terminal,
  { name, tell, description }: (typeof tellings)[number],
): void {
  command(jobs, name, description, `formwork jobs ${name} --tenant acme <id>`)
    .argument('<id>', 'as "formwork jobs list" shows it')
    .action((jobId: string, { tenant: slug, json }: Options) =>
      withInstallation(terminal, async ({ control }) => {
        const { id } = await getTenant(control, slug);
        const told = await tell(control, id, jobId).catch((error: unknown) => {
          throw error instanceof JobError ? new Failure(error.message) : error;
        });
        const job = (await callerOf(control, id))(told);
        print(terminal, json === true, job, describe(job));
      }),
    );
}

/** By the keys of today. */
async function callerOf(control: ControlPlane, tenantId: string) {
  const { registry } = await loadTenantRegistry(control, tenantId);
  return <Thing extends Pick<Job, 'entityType' | 'field'>>(thing: Thing) => ({
    name: nameOf(registry, thing),
    ...thing,
  });
}

type CalledJob = Job & { readonly name: string };

function nameOf(registry: Registry | null, { entityType, field }: Pick<Job, 'entityType' | 'field'>): string {
  const entity = registry?.entityByStorageKey.get(entityType);
  const key = entity?.allFields.find(({ storageKey }) => storageKey === field)?.key ?? field;
  return [entity?.key ?? entityType, ...(key === '' ? [] : [key])].join('.');
}

function toCells({ id, name, state, done, total, createdAt }: CalledJob): string[] {
  return [id, name, state, `${done} of ${total}`, createdAt.toISOString().slice(0, 19)];
}

function describe({ id, name, state, done, total, error }: CalledJob): string[] {
  return [`Job ${id}: ${name} is ${state}, ${done} of ${total} records.`, ...(error === null ? [] : [error])];
}
