import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Key of the advisory lock that holders share; any number will do. */
const lock = '7046002';

/** Milliseconds before the first try to hold a server again that has let go of everybody, and at most between two. */
const firstPause = 100;
const longestPause = 5_000;

/**
 * A connection with a shared lock, by which processes that use a server know of each other. A server that recovers from
 * a crash, as when one of its processes was killed, closes all connections: then it is held again, or the next
 * command would take itself for the last one that uses it, and stop it under a gateway that runs.
 */
export class Holder {
  readonly #open: () => Promise<pg.Client>;
  #client: pg.Client;
  #isOver = false;

  private constructor(client: pg.Client, open: () => Promise<pg.Client>) {
    this.#client = client;
    this.#open = open;
    this.#watch();
  }

  /** Waits while another process is about to stop the server, and then fails with it. */
  static async hold(adminUrl: string, directory: string): Promise<Holder> {
    const open = () => openClient(adminUrl, directory);
    return new Holder(await open(), open);
  }

  /** Whether nobody else holds the server: then the exclusive lock is ours, and newcomers wait until it is down. */
  async letGo(): Promise<boolean> {
    this.#isOver = true;
    try {
      await this.#client.query(`select pg_advisory_unlock_shared(${lock})`);
      const { rows } = await this.#client.query<{ last: boolean }>(
        `select pg_try_advisory_lock(${lock}) as last`,
      );
      return rows[0]?.last === true;
    } catch {
      return false;
    }
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#client.end().catch(ignore);
  }

  #watch(): void {
    this.#client.once('end', () => void this.#holdAgain());
  }

  /** As long as it takes: a server that was stopped on purpose is not there any more, and nobody is harmed. */
  async #holdAgain(): Promise<void> {
    for (let pause = firstPause; !this.#isOver; pause = Math.min(longestPause, 2 * pause)) {
      await sleep(pause, null, { ref: false });
      const client = await this.#open().catch(() => null);
      if (client === null) continue;
      this.#client = client;
      if (this.#isOver) await client.end().catch(ignore);
      else this.#watch();
      return;
    }
  }
}

async function openClient(connectionString: string, directory: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name: 'formwork holder', keepAlive: true });
  client.on('error', ignore);
  try {
    await client.connect();
    const { rows } = await client.query<{ directory: string }>(
      "select current_setting('data_directory') as directory",
    );
    if (rows[0]?.directory !== directory) throw new Error('Another server has taken the port');
    await client.query(`select pg_advisory_lock_shared(${lock})`);
    return client;
  } catch (error) {
    await client.end().catch(ignore);
    throw error;
  }
}

function ignore(): void {}
