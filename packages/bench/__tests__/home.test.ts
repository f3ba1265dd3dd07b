import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHome, removeHome } from '../src/home.ts';

let directory: string;
const { DATABASE_URL, FORMWORK_BENCH_DIR } = process.env;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'formwork-bench-'));
  process.env['FORMWORK_BENCH_DIR'] = directory;
  delete process.env['DATABASE_URL'];
});

afterEach(async () => {
  restore('DATABASE_URL', DATABASE_URL);
  restore('FORMWORK_BENCH_DIR', FORMWORK_BENCH_DIR);
  await rm(directory, { recursive: true, force: true });
});

test('a directory that no bench has made is refused, and left as it is', async () => {
  const file = join(directory, 'shop', 'PG_VERSION');
  await mkdir(join(directory, 'shop'));
  await writeFile(file, '18');
  await expect(openHome('shop')).rejects.toThrow(/shop is not empty and was not made by a bench/);
  expect(await readFile(file, 'utf8')).toBe('18');
});

test('a directory that no bench has made is not removed', async () => {
  const file = join(directory, 'shop', 'precious');
  await mkdir(join(directory, 'shop'));
  await writeFile(file, 'data');
  await expect(removeHome('shop')).rejects.toThrow(/was not made by a bench/);
  expect(existsSync(file)).toBe(true);
});

test('what a bench has made can be removed, and what is not there needs no removal', async () => {
  await mkdir(join(directory, 'shop'));
  await writeFile(join(directory, 'shop', 'formwork-bench.json'), '{}');
  await removeHome('shop');
  expect(existsSync(join(directory, 'shop'))).toBe(false);
  await removeHome('shop');
});

test('a database of one’s own is refused before anything is made', async () => {
  process.env['DATABASE_URL'] = 'postgres://somebody@example.com/production';
  await expect(openHome('shop')).rejects.toThrow(/DATABASE_URL is set/);
  expect(existsSync(join(directory, 'shop'))).toBe(false);
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
