import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type ControlPlane,
  connectControlPlane,
  connectDataPlane,
  type DataPlane,
  type OpenedPostgres,
  openPostgres,
} from '@formwork/pg';
import { BenchFailure } from './failure.ts';

/** A directory and a Postgres that a bench has made for itself; nothing else is ever measured or filled. */
export interface Home {
  readonly directory: string;
  readonly postgres: OpenedPostgres;
  readonly control: ControlPlane;
  readonly dataPlane: DataPlane;
  /** What an earlier run has noted here, undefined where it has not. */
  recall(name: string): unknown;
  /** Notes it for the next run. */
  note(name: string, value: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Where the bench keeps what it has made under that name. */
export function benchDirectory(name: string): string {
  return resolve(process.env.FORMWORK_BENCH_DIR ?? '.formwork-bench', name);
}

const marker = 'formwork-bench.json';

/**
 * Opens `.formwork-bench/<name>` (FORMWORK_BENCH_DIR moves it), making it where it is missing.
 *
 * @throws BenchFailure where DATABASE_URL is set or the directory was not made by a bench
 */
export async function openHome(name: string): Promise<Home> {
  if (process.env.DATABASE_URL) {
    throw new BenchFailure(
      'DATABASE_URL is set, and benches measure nothing but a Postgres that they made: unset it.',
    );
  }
  const directory = benchDirectory(name);
  const notes = await readNotes(directory);
  // The very Postgres that `formwork start` uses: a gateway that is started on this directory joins it.
  const postgres = await openPostgres({ dataDir: directory });
  const control = connectControlPlane({ url: postgres.designerUrl });
  const dataPlane = connectDataPlane({ url: postgres.gatewayUrl, budget: 3_600_000 });
  return {
    directory,
    postgres,
    control,
    dataPlane,
    recall: (key) => notes[key],
    note: async (key, value) => {
      notes[key] = value;
      await writeFile(join(directory, marker), JSON.stringify(notes, null, 2));
    },
    close: async () => {
      await dataPlane.close();
      await control.close();
      await postgres.stop();
    },
  };
}

/** Removes what a bench has made, and only that. */
export async function removeHome(name: string): Promise<void> {
  const directory = benchDirectory(name);
  if (!existsSync(directory)) return;
  await readNotes(directory);
  await rm(directory, { recursive: true });
}

async function readNotes(directory: string): Promise<Record<string, unknown>> {
  await mkdir(directory, { recursive: true });
  if (existsSync(join(directory, marker))) return JSON.parse(await readFile(join(directory, marker), 'utf8'));
  if ((await readdir(directory)).length > 0) {
    throw new BenchFailure(
      `${directory} is not empty and was not made by a bench: name another by FORMWORK_BENCH_DIR.`,
    );
  }
  await writeFile(join(directory, marker), '{}');
  return {};
}
