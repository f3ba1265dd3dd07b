import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withAdmin } from '@formwork/pg';
import { buildChild, type Child, removeChild, startChild } from './child-process.ts';
import { until } from './support.ts';

const run = promisify(execFile);

/** The embedded Postgres through its life, as processes of their own see it. */
let dataDir: string;
/** A data directory that was initialised once, for the tests that are about what comes later. */
let initialised: string;
const children: Child[] = [];

const makeHome = async (): Promise<string> => {
  const home = await mkdtemp(join(tmpdir(), "formwork it's $HOME "));
  await chmod(home, 0o755);
  return home;
};

beforeAll(async () => {
  await buildChild();
  dataDir = initialised = await makeHome();
  const child = open();
  await child.next();
  await stop(child);
});
afterAll(async () => {
  await removeChild();
  await rm(initialised, { recursive: true });
});
beforeEach(async () => {
  dataDir = await makeHome();
});
afterEach(async () => {
  for (const { process: child, ended } of children.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  const pid = await serverPid();
  if (pid !== undefined && isAlive(pid)) {
    process.kill(pid, 'SIGQUIT');
    await until(() => !isAlive(pid));
  }
  await rm(dataDir, { recursive: true, force: true });
});

/** A process that opens the cluster, without waiting for disks. */
const open = (directory = join(dataDir, 'postgres')): Child => start({ directory, settings: ['fsync=off'] });
/** A process that opens all that a gateway needs. */
const openWhole = (): Child => start({ dataDir });
const start = (config: object): Child => {
  const child = startChild(config);
  children.push(child);
  return child;
};
const useInitialised = async (): Promise<void> => {
  await run('cp', ['-a', join(initialised, 'postgres'), dataDir]);
};
const stop = async (child: Child, how: 'line' | 'SIGINT' = 'line'): Promise<void> => {
  if (how === 'line') child.process.stdin?.write('stop\n');
  else child.process.kill('SIGINT');
  expect(await child.next()).toEqual({ stopped: true });
  await child.ended;
};
const serverPid = async (): Promise<number | undefined> => {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text.split('\n')[0]);
};
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const adminUrl = (message: Record<string, unknown>): string => {
  expect(message).toMatchObject({ adminUrl: expect.stringContaining('@127.0.0.1:') });
  return String(message.adminUrl);
};

test('starts, is migrated, keeps its data and its secret, and stops', async () => {
  const first = openWhole();
  const opened = await first.next();
  const url = adminUrl(opened);
  expect(opened.applied).not.toEqual([]);
  await withAdmin(url, (admin) =>
    admin.query("insert into formwork.tenants (slug, name) values ('kept', '')"),
  );
  await stop(first);
  expect(await serverPid()).toBeUndefined();

  const second = openWhole();
  const again = await second.next();
  expect(again).toMatchObject({ applied: [], secret: opened.secret });
  const { rows } = await withAdmin(adminUrl(again), (admin) =>
    admin.query('select slug from formwork.tenants'),
  );
  expect(rows).toEqual([{ slug: 'kept' }]);
  for (const login of ['gatewayUrl', 'designerUrl']) {
    const role = await withAdmin(String(again[login]), (client) =>
      client.query('select current_user as role'),
    );
    expect(role.rows).toEqual([{ role: login === 'gatewayUrl' ? 'formwork_gateway' : 'formwork_designer' }]);
  }
  await stop(second, 'SIGINT');
});

test('a server that recovers from a crash is held again by whoever uses it, so that a command does not stop it', async () => {
  await useInitialised();
  const first = open();
  const url = adminUrl(await first.next());
  const holders = () =>
    withAdmin(url, async (admin) => {
      const { rows } = await admin.query("select pid from pg_locks where locktype = 'advisory' and granted");
      return rows.map(({ pid }) => Number(pid));
    }).catch(() => []);
  const [lost = 0] = await holders();
  process.kill(lost, 'SIGKILL');
  await until(async () => (await holders()).some((pid) => pid !== lost));
  const second = open();
  adminUrl(await second.next());
  await stop(second);
  await withAdmin(url, (admin) => admin.query('select'));
  await stop(first);
  expect(await serverPid()).toBeUndefined();
});

test('keeps its password to itself, and listens on this machine alone', async () => {
  await useInitialised();
  const child = open();
  const url = adminUrl(await child.next());
  const { mode } = await stat(join(dataDir, 'postgres', 'formwork_superuser_password'));
  expect(mode & 0o777).toBe(0o600);
  const { rows } = await withAdmin(url, (admin) =>
    admin.query(`select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
      (select array_agg(distinct auth_method) from pg_hba_file_rules) as methods`),
  );
  expect(rows).toEqual([{ addresses: '127.0.0.1', sockets: '', methods: ['scram-sha-256'] }]);
  const guessed = new URL(url);
  guessed.password = 'password';
  await expect(withAdmin(guessed.href, async () => {})).rejects.toThrow('password authentication failed');
  await stop(child);
});

test('is shared by processes, and stopped by the last of them', async () => {
  await useInitialised();
  const first = open();
  const url = adminUrl(await first.next());
  const second = open();
  expect(adminUrl(await second.next())).toBe(url);
  await stop(first);
  await withAdmin(url, (admin) => admin.query('select 1'));
  await stop(second);
  expect(await serverPid()).toBeUndefined();
});

test('three that start at once on an empty directory share one server', async () => {
  const racers = [open(), open(), open()];
  const urls = await Promise.all(racers.map(async (child) => adminUrl(await child.next())));
  expect(new Set(urls).size).toBe(1);
  await Promise.all(racers.map((child) => stop(child)));
  expect(await serverPid()).toBeUndefined();
  expect((await readdir(dataDir)).filter((name) => name.includes('-new-'))).toEqual([]);
});

test('is found again when the process that started it was killed', async () => {
  await useInitialised();
  const first = open();
  const url = adminUrl(await first.next());
  first.process.kill('SIGKILL');
  await first.ended;
  const pid = await serverPid();
  expect(isAlive(pid as number)).toBe(true);

  const second = open();
  expect(adminUrl(await second.next())).toBe(url);
  await stop(second);
  expect(await serverPid()).toBeUndefined();
});

test('that was made to stand still is stopped all the same', async () => {
  await useInitialised();
  const child = open();
  await child.next();
  process.kill((await serverPid()) as number, 'SIGSTOP');
  await stop(child);
  expect(await serverPid()).toBeUndefined();
});

test('that does not say who else holds it is not waited for without end, but named', async () => {
  await useInitialised();
  const child = open();
  const { rows } = await withAdmin(adminUrl(await child.next()), (admin) =>
    admin.query("select pid from pg_stat_activity where application_name = 'formwork holder'"),
  );
  process.kill(rows[0].pid, 'SIGSTOP');
  child.process.stdin?.write('stop\n');
  expect(await child.next()).toEqual({
    name: 'SetupError',
    error: expect.stringContaining(`is still there as process ${await serverPid()}.`),
  });
  process.kill(rows[0].pid, 'SIGCONT');
});

test('starts again on the port that it had', async () => {
  await useInitialised();
  const first = open();
  const url = adminUrl(await first.next());
  await stop(first);
  const second = open();
  expect(adminUrl(await second.next())).toBe(url);
  await stop(second);
});

test('starts again when the server was killed with everything else', async () => {
  await useInitialised();
  const first = open();
  await first.next();
  const pid = (await serverPid()) as number;
  first.process.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await first.ended;
  await until(() => !isAlive(pid));
  expect(await serverPid()).toBe(pid); // the file was left behind

  const second = open();
  adminUrl(await second.next());
  await stop(second);
});

test('starts although another process has taken the number in the file that was left behind', async () => {
  await useInitialised();
  const first = open();
  await first.next();
  await stop(first);
  await writeFile(
    join(dataDir, 'postgres', 'postmaster.pid'),
    `${process.ppid}\n${dataDir}/postgres\n1\n1\n\n\n`,
  );
  const second = open();
  const message = await second.next();
  // Where the process is one of ours, as it may be for an ordinary user, Postgres cannot tell, and we say so.
  if (message.error === undefined) await stop(second);
  else expect(message.error).toMatch(/is in use by process .* delete ".*postmaster.pid"/);
});

describe('says what is wrong, and the way out', () => {
  const failure = async (directory?: string): Promise<string> => {
    const message = await open(directory).next();
    expect(message.name).toBe('SetupError');
    return String(message.error);
  };

  test('of data from another version', async () => {
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '16\n');
    expect(await failure()).toMatch(
      /was made by Postgres 16, but the embedded one is Postgres 18.*FORMWORK_DATA_DIR.*DATABASE_URL/,
    );
  });

  test('of a directory that holds something else', async () => {
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres', 'holiday.jpg'), '');
    expect(await failure()).toMatch(/is not empty, but no data directory of Postgres either/);
  });

  test('of a directory that is a file', async () => {
    await writeFile(join(dataDir, 'file'), '');
    expect(await failure(join(dataDir, 'file', 'postgres'))).toMatch(
      /cannot be used \(.*(ENOTDIR|EEXIST).*FORMWORK_DATA_DIR/,
    );
  });

  test('of a directory that cannot be made', async () => {
    expect(await failure(`/sys/${randomUUID()}/postgres`)).toMatch(
      /cannot be used \(.*FORMWORK_DATA_DIR.*DATABASE_URL/,
    );
  });

  test('of a damaged data directory', async () => {
    await useInitialised();
    const child = open();
    await child.next();
    await stop(child);
    await rm(join(dataDir, 'postgres', 'global', 'pg_control'));
    expect(await failure()).toMatch(/The embedded Postgres did not start.*pg_control/s);
  });

  test('of a password that does not fit', async () => {
    await useInitialised();
    const child = open();
    await child.next();
    await writeFile(join(dataDir, 'postgres', 'formwork_superuser_password'), 'forgotten\n');
    expect(await failure()).toMatch(/has another password for its superuser/);
  });
});

const isRoot = process.getuid?.() === 0;
(isRoot ? test : test.skip)('root keeps data that its user postgres could not reach elsewhere', async () => {
  await chmod(dataDir, 0o700);
  const first = open();
  adminUrl(await first.next());
  await stop(first);
  expect((await lstat(join(dataDir, 'postgres'))).isSymbolicLink()).toBe(true);

  const second = open();
  const { rows } = await withAdmin(adminUrl(await second.next()), (admin) =>
    admin.query("select current_setting('data_directory') as place"),
  );
  expect(rows).toEqual([{ place: expect.stringMatching(/^\/var\/lib\/formwork\/data-.*\/postgres$/) }]);
  await stop(second);
  await rm(join(rows[0].place, '..'), { recursive: true });
});
