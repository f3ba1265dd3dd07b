import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '../errors.ts';
import { findBinaries } from './binaries.ts';
import { prepareDataDirectory, unusableDirectory } from './data-directory.ts';
import { explainFailure } from './explain-failure.ts';
import { Holder } from './holder.ts';
import {
  findPostmaster,
  type LaunchOptions,
  launchPostmaster,
  type Postmaster,
  stopPostmaster,
} from './postmaster.ts';
import { reachablePlace } from './reachable.ts';
import { postgresUserIds } from './user-ids.ts';

export interface EmbeddedOptions {
  /** Data directory; made where it is missing. */
  readonly directory: string;
  /** Settings of the server as "name=value", if it has to be started. */
  readonly settings?: readonly string[];
}

/** A running cluster. Every process that uses it holds it; the last one to let go stops it. */
export interface EmbeddedCluster {
  /** As superuser, database `postgres`. */
  readonly adminUrl: string;
  /** Process id of the server. */
  readonly pid: number;
  /** Lets go, and stops the server if nobody else holds it. Throws a SetupError where that cannot be asked. */
  stop(): Promise<void>;
}

/** Milliseconds for a server to come up, crash recovery included. */
const startPatience = 120_000;
/** Milliseconds for another process to let go of the data. */
const lockPatience = 20_000;
/** Milliseconds for the server to say whether somebody else holds it. */
const farewellPatience = 3_000;

/** Finds the server that runs on this data directory, or starts one. */
export async function openEmbeddedCluster({
  directory,
  settings = [],
}: EmbeddedOptions): Promise<EmbeddedCluster> {
  const ids = await postgresUserIds();
  const binaries = await findBinaries(ids);
  const place = await reachablePlace(resolve(directory), ids).catch((error: unknown) => {
    throw unusableDirectory(directory, error);
  });
  const isDurable = !settings.includes('fsync=off');
  const password = await prepareDataDirectory(place, binaries, ids, isDurable);
  const launch: LaunchOptions = {
    postgres: binaries.postgres,
    directory: await realpath(place),
    ids,
    settings,
  };

  const giveUp = Date.now() + lockPatience;
  for (;;) {
    const holder = (await attach(launch.directory, password)) ?? (await start(launch, password));
    if (holder !== undefined) return holder;
    if (Date.now() > giveUp) throw await inUse(launch.directory);
    await sleep(100);
  }
}

/** Joins a server that runs already. */
async function attach(directory: string, password: string): Promise<EmbeddedCluster | undefined> {
  const postmaster = await findPostmaster(directory);
  return postmaster === undefined ? undefined : hold(directory, postmaster.port, password);
}

/** Undefined if another process was faster, or is still on its way out: then look again. */
async function start(launch: LaunchOptions, password: string): Promise<EmbeddedCluster | undefined> {
  const giveUp = Date.now() + startPatience;
  const { port, exited, kill } = await launchPostmaster(launch);
  let output: string | undefined;
  void exited.then((text) => {
    output = text;
  });
  while (output === undefined && Date.now() < giveUp) {
    const holder = await hold(launch.directory, port, password);
    if (holder !== undefined) return holder;
    await sleep(20);
  }
  if (output === undefined) {
    kill();
    throw new SetupError(`The embedded Postgres did not come up within ${startPatience} ms`);
  }
  if (
    /lock file "[^"]*" already exists|shared memory block .* still in use|Address already in use/.test(output)
  ) {
    return undefined;
  }
  throw explainFailure('The embedded Postgres did not start', output);
}

/** Undefined where the server does not let us in, or is about to stop. */
async function hold(directory: string, port: number, password: string): Promise<EmbeddedCluster | undefined> {
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  let holder: Holder;
  try {
    holder = await Holder.hold(adminUrl, directory);
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') throw wrongPassword(directory);
    return undefined;
  }
  const postmaster = await findPostmaster(directory);
  if (postmaster === undefined) {
    await holder.end();
    return undefined;
  }
  let stopped: Promise<void> | undefined;
  return {
    adminUrl,
    pid: postmaster.pid,
    stop: () => {
      stopped ??= letGo(holder, postmaster).then((isLast) =>
        isLast ? stopPostmaster(directory, postmaster) : undefined,
      );
      return stopped.finally(() => holder.end());
    },
  };
}

async function letGo(holder: Holder, { pid }: Postmaster): Promise<boolean> {
  const given = new AbortController();
  const patience = sleep(farewellPatience, null, { signal: given.signal }).catch(() => null);
  const isLast = await Promise.race([holder.letGo(), patience]);
  given.abort();
  if (isLast !== null) return isLast;
  throw new SetupError(
    `The embedded Postgres does not answer: it was not stopped and is still there as process ${pid}. ` +
      'The next command finds it again, unless you end it first',
  );
}

function wrongPassword(directory: string): SetupError {
  return new SetupError(
    `The Postgres that runs on "${directory}" has another password for its superuser than the file there says. ` +
      'Stop it and put the password right, or set FORMWORK_DATA_DIR to another directory',
  );
}

async function inUse(directory: string): Promise<SetupError> {
  const pid = (await findPostmaster(directory))?.pid;
  return new SetupError(
    `The data directory "${directory}" is in use${pid === undefined ? '' : ` by process ${pid}`}, which does not let us ` +
      `in. Stop it; if it is no Postgres, delete "${directory}/postmaster.pid"; or set FORMWORK_DATA_DIR to another directory`,
  );
}
