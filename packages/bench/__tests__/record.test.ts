import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { record, withSection } from '../src/report/record.ts';
import type { Report } from '../src/report/report.ts';

const report: Report = {
  title: 'Keys',
  machine: {
    at: '2026-11-21T10:00:00.000Z',
    processor: 'one',
    cores: 2,
    memoryGib: 4,
    node: 'v20',
    postgres: '18',
    load: 0.1,
  },
  sections: ['| a |\n| --- |'],
  figures: { ratio: 1.23456, count: 7 },
};

describe('a recorded measurement', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'formwork-record-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('takes the place of the one before and leaves the others and their figures', async () => {
    await record('keys', report, directory);
    await record('rls', { ...report, title: 'RLS' }, directory);
    await record('keys', { ...report, title: 'Keys again' }, directory);
    const page = await readFile(join(directory, 'performance.md'), 'utf8');
    expect(page.match(/^## .*$/gm)).toEqual(['## Keys again', '## RLS']);
    expect(JSON.parse(await readFile(join(directory, 'performance.json'), 'utf8'))).toMatchObject({
      keys: { title: 'Keys again', figures: { ratio: 1.235, count: 7 } },
      rls: { title: 'RLS' },
    });
  });

  it('tells of a long series what is said of it', async () => {
    const waits = Array.from({ length: 100 }, (_, index) => index + 1);
    await record('keys', { ...report, figures: { waits } }, directory);
    expect(JSON.parse(await readFile(join(directory, 'performance.json'), 'utf8')).keys.figures).toEqual({
      waits: { count: 100, p50: 50, p99: 99, most: 100 },
    });
  });

  it('leaves what people wrote around it', () => {
    const page = 'Before.\n\n<!-- bench keys -->\nold\n<!-- /bench keys -->\n\nAfter.\n';
    expect(withSection(page, 'keys', 'new')).toBe(
      'Before.\n\n<!-- bench keys -->\nnew\n<!-- /bench keys -->\n\nAfter.\n',
    );
  });
});
