import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { asAdmin } from '@formwork/testkit';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { ask, type GraphqlAnswer, Harness, type TestTenant } from './harness.ts';
import { flats, flatsAndSheds, manyRecords } from './retype/flats.ts';
import { Load, type LoadOptions } from './retype/load.ts';
import { closeConnections } from './retype/post.ts';

/** `npm run soak:retype` asks for more; see retype/run.mjs. */
const long = process.env.FORMWORK_SOAK_RECORDS;
const numberOf = (name: string, short: number) => Number(process.env[`FORMWORK_SOAK_${name}`] ?? short);
const options = {
  records: Number(long ?? 2_000),
  writers: numberOf('WRITERS', 3),
  readers: numberOf('READERS', 3),
  /** Requests per second that the load aims at, and those that there have to be. */
  rate: numberOf('RATE', 100),
  leastRate: numberOf('LEAST_RATE', 0),
};

interface Way {
  readonly way: string;
  readonly change: string;
  readonly contract: string;
  readonly contractKind: string;
  readonly newType: 'String' | 'Decimal';
  /** Whether what is there has to be filled by a job. */
  readonly fills: boolean;
  /** Where the values lie in the end. */
  readonly storageKey: string;
}

const ways: readonly Way[] = [
  {
    way: 'retype',
    change: '{ changeType: { entity: "flat", field: "rent", type: decimal, newKey: "monthly_rent" } }',
    contract: '{ removeField: { entity: "flat", field: "rent" } }',
    contractKind: 'removeField',
    ...{ newType: 'Decimal', fills: true, storageKey: 'monthly_rent' },
  },
  {
    way: 'rename',
    change: '{ renameField: { entity: "flat", field: "rent", to: "monthly_rent" } }',
    contract: '{ dropAlias: { entity: "flat", field: "monthly_rent", alias: "rent" } }',
    contractKind: 'dropAlias',
    ...{ newType: 'String', fills: false, storageKey: 'rent' },
  },
];
const asked = process.env.FORMWORK_SOAK_WAY;

let harness: Harness;
let tenant: TestTenant;
/** Those who stay, and all. */
let load: Load;
let loads: readonly Load[] = [];
const processes: GatewayProcess[] = [];

jest.setTimeout(long === undefined ? 180_000 : 3_600_000);

beforeAll(async () => {
  harness = await Harness.open();
});
afterEach(async () => {
  for (const one of loads) await one.stop();
  for (const running of processes.splice(0)) await running.kill();
  if (long === undefined) await forgetGateways();
});
afterAll(async () => {
  closeConnections();
  await harness.close();
});

async function begin(
  way: string,
  document: object,
  ...kinds: readonly (readonly [entity: string, fields: readonly string[]])[]
): Promise<void> {
  tenant = await harness.tenant(`rentals-${way}`, document);
  for (let first = 1; first <= options.records; first += 50_000) {
    const last = Math.min(first + 49_999, options.records);
    for (const [entity, fields] of kinds) {
      const insert = manyRecords(entity, fields);
      await asAdmin(harness.database, (admin) => admin.query(insert, [tenant.id, first, last]));
    }
  }
  await asAdmin(harness.database, (admin) => admin.query('analyze formwork.records'));
}

function startLoads(given: Pick<LoadOptions, 'newType'>, ...more: readonly Partial<LoadOptions>[]): void {
  const every = (1000 * (options.writers + options.readers)) / options.rate;
  const common = { key: tenant.keys.editor, every, ...given, ...options };
  load = new Load(common);
  loads = [load, ...more.map((other) => new Load({ ...common, ...other }))];
}

function useGateways(...urls: readonly string[]): void {
  for (const one of loads) one.gateways = urls;
}

/** What gateways have counted is lost with them. */
async function killGateway(working: GatewayProcess, serving: string): Promise<void> {
  useGateways(serving);
  for (const one of loads) one.expectDeath(working.url);
  await working.kill();
  // A contract would wait until it is known to be dead, which takes 12 seconds.
  if (long === undefined) await forgetGateways();
}

const isAsked = (way: string) => asked === undefined || way === asked;

for (const one of ways.filter(({ way }) => isAsked(way))) {
  const { way, change, contract, contractKind, newType, fills, storageKey } = one;
  test(`from expand to contract of a ${way} no request fails, every read is right, and every acknowledged write is found again`, async () => {
    await begin(way, flats, ['flat', ['rent']]);
    const [serving, working] = await startGateways();
    startLoads({ newType });
    useGateways(serving, working.url);
    load.start();
    await sleep(seconds(0.5, 5));

    const marks: Mark[] = [mark('load')];
    expect(await design(serving, expand('preview', change))).toMatchObject({
      preview: { isApplicable: true, backfill: fills ? [{ entity: 'flat' }] : [] },
    });
    const applied = await design(serving, expand('apply', change));
    expect(applied).toMatchObject({ apply: { problems: [] } });
    marks.push(mark('expand'));

    // The gateway that fills is killed in the middle, and another one takes its place.
    if (fills) await jobOnceDone(serving, (job) => job.progress > 0.2);
    else await sleep(seconds(0.3, 5));
    await killGateway(working, serving);
    marks.push(mark('killed'));
    if (fills) expect(await theJob(serving)).toMatchObject({ state: 'running' });
    useGateways(serving, await startReplacement());
    if (fills) {
      const job = await jobOnceDone(serving, ({ state }) => state === 'done');
      expect(job).toMatchObject({ error: null, progress: 1 });
      marks.push(mark('backfill'));
    }

    // Yesterday's clients go on; others have moved; readers compare the two.
    load.names = (client) => (client % 3 === 0 ? 'old' : client % 3 === 1 ? 'new' : 'both');
    await sleep(seconds(1, 20));
    const parity = await design(serving, '{ parity { isServed differences { count } misfits { count } } }');
    expect(parity).toEqual({ parity: fills ? [{ isServed: true, differences: null, misfits: null }] : [] });
    expect(await design(serving, contractOf(contract, 30))).toMatchObject({
      apply: { problems: [{ code: 'IN_USE', path: `changes[0].${contractKind}` }] },
    });
    marks.push(mark('both names'));

    load.names = () => 'new';
    await sleep(seconds(0.3, 3));
    expect(await design(serving, contractOf(contract, 0))).toMatchObject({ apply: { problems: [] } });
    marks.push(mark('contract'));
    await sleep(seconds(0.5, 10));
    await load.stop();
    marks.push(mark('new name'));

    judge(way, marks, await findLost(load, 'flat', storageKey));
  });
}

if (isAsked('remove')) {
  test('a field and an entity are removed while others are used: no request fails, every read is right, and every acknowledged write is found again', async () => {
    await begin('remove', flatsAndSheds, ['flat', ['rent', 'charge']], ['shed', ['rent']]);
    const [serving, working] = await startGateways();
    const few = { writers: Math.ceil(options.writers / 3), readers: Math.ceil(options.readers / 3) };
    startLoads({ newType: 'String' }, { ...few, oldName: 'charge' }, { ...few, entity: 'shed' });
    const [, ofField, ofEntity] = loads as readonly [Load, Load, Load];
    useGateways(serving, working.url);
    for (const one of loads) one.start();
    await sleep(seconds(0.5, 5));
    const marks: Mark[] = [mark('load')];

    const warn = `{ deprecateField: { entity: "flat", field: "charge", reason: "Part of the rent.", replacement: "rent" } }
      { deprecateEntity: { entity: "shed", reason: "All of them are sold." } }`;
    const remove =
      '{ removeField: { entity: "flat", field: "charge" } } { removeEntity: { entity: "shed" } }';
    // Nobody was warned.
    expect(await design(serving, contractOf(remove, 0))).toMatchObject({
      apply: { problems: [{ code: 'NOT_DEPRECATED' }, { code: 'NOT_DEPRECATED' }] },
    });
    expect(await design(serving, expand('preview', warn))).toMatchObject({
      preview: { isApplicable: true, level: 'SAFE', backfill: [] },
    });
    expect(await design(serving, expand('apply', warn))).toMatchObject({ apply: { problems: [] } });
    marks.push(mark('expand'));
    await sleep(seconds(0.3, 20));

    const inUse = [
      { code: 'IN_USE', path: 'changes[0].removeField' },
      { code: 'IN_USE', path: 'changes[1].removeEntity' },
    ];
    expect(await design(serving, contractOf(remove, 30))).toMatchObject({ apply: { problems: inUse } });
    marks.push(mark('refused'));
    await killGateway(working, serving);
    marks.push(mark('killed'));
    useGateways(serving, await startReplacement());
    await sleep(seconds(0.3, 20));
    expect(await design(serving, contractOf(remove, 30))).toMatchObject({ apply: { problems: inUse } });
    marks.push(mark('again'));

    await Promise.all([ofField.stop(), ofEntity.stop()]);
    expect(await design(serving, contractOf(remove, 30))).toMatchObject({ apply: { problems: inUse } });
    expect(await design(serving, contractOf(remove, 0))).toMatchObject({ apply: { problems: [] } });
    marks.push(mark('contract'));
    await sleep(seconds(0.5, 10));
    await load.stop();
    marks.push(mark('without'));
    const lost = [
      ...(await findLost(load, 'flat', 'rent')),
      ...(await findLost(ofField, 'flat', 'charge')),
      ...(await findLost(ofEntity, 'shed', 'rent')),
    ];
    judge('remove', marks, lost);
  });
}

function judge(way: string, marks: readonly Mark[], lost: readonly string[]): void {
  if (long !== undefined) tell(way, marks, lost);
  for (const { failures, reads, writes } of loads) {
    expect(failures.slice(0, 5)).toEqual([]);
    expect(reads * writes).toBeGreaterThan(0);
  }
  expect(lost.slice(0, 5)).toEqual([]);
  expect((load.reads + load.writes) / load.seconds).toBeGreaterThan(options.leastRate);
}

const expand = (how: 'preview' | 'apply', change: string) => `${how === 'apply' ? 'mutation' : 'query'} {
  ${how}(changes: [${change}]) {
    ${how === 'apply' ? 'version' : 'isApplicable level backfill { entity records }'} problems { code message } } }`;
const contractOf = (change: string, days: number) => `mutation {
  apply(changes: [${change}], unusedForDays: ${days}) {
    problems { code path message } } }`;

/** One only serves; the other works on the job too. In the long run each is a process of its own. */
async function startGateways(): Promise<[string, GatewayProcess]> {
  const config = {
    ...harness.config,
    poolSize: 10,
    jobBatch: long === undefined ? 100 : 500,
    jobLeaseSeconds: 2,
  };
  const working = await startGatewayProcess(config);
  processes.push(working);
  if (long === undefined) return [(await harness.gateway({ ...config, jobs: false })).url, working];
  const serving = await startGatewayProcess({ ...config, jobs: false });
  processes.push(serving);
  return [serving.url, working];
}

async function startReplacement(): Promise<string> {
  const config = { ...harness.config, poolSize: 10, jobLeaseSeconds: 2 };
  if (long === undefined) return (await harness.gateway(config)).url;
  const replacing = await startGatewayProcess(config);
  processes.push(replacing);
  return replacing.url;
}

/** Those that are alive give another sign within seconds, and tell of what they have counted when they are asked. */
async function forgetGateways(): Promise<void> {
  await asAdmin(harness.database, (admin) => admin.query('delete from formwork.gateways'));
}

interface ToldJob {
  readonly state: string;
  readonly progress: number;
  readonly error: string | null;
}

async function theJob(url: string): Promise<ToldJob> {
  const { jobs } = await design(url, '{ jobs { state progress error } }');
  return (jobs as ToldJob[])[0] as ToldJob;
}

async function jobOnceDone(url: string, isDone: (job: ToldJob) => boolean): Promise<ToldJob> {
  for (;;) {
    const job = await theJob(url);
    if (isDone(job)) return job;
    if (job.state === 'blocked' || job.state === 'failed')
      throw new Error(`The job is ${job.state}: ${job.error}`);
    await sleep(seconds(0.02, 0.5));
  }
}

async function design(url: string, query: string): Promise<Record<string, unknown>> {
  const answer: GraphqlAnswer = await ask(url, tenant.keys.designer, query, {}, '/design');
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data ?? {};
}

/** From the raw rows, as a role that no policy binds. */
function findLost(written: Load, entity: string, storageKey: string): Promise<string[]> {
  return asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query<{ id: string; name: string; rent: string }>(
      `select id, data ->> 'name' as name, data ->> $2 as rent from formwork.records
        where tenant_id = $1 and entity_type = $3`,
      [tenant.id, storageKey, entity],
    );
    const made = rows.filter(({ name }) => name.startsWith('made'));
    return written.findLost(
      new Map(rows.map(({ id, rent }) => [id, rent])),
      new Map(made.map(({ name, rent }) => [name, rent])),
    );
  });
}

const seconds = (short: number, longer: number) => 1000 * (long === undefined ? short : longer);

interface Mark {
  readonly what: string;
  readonly at: number;
  readonly requests: number;
}

function mark(what: string): Mark {
  return { what, at: load.seconds, requests: load.milliseconds.length };
}

/** What was seen, phase by phase: straight to standard output, where jest does not frame it. */
function tell(way: string, marks: readonly Mark[], lost: readonly string[]): void {
  const rows = marks.map(({ what, at, requests }, index) => {
    const before = marks[index - 1] ?? { at: 0, requests: 0 };
    const times = load.milliseconds.slice(before.requests, requests).sort((a, b) => a - b);
    const time = (share: number) =>
      (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(0);
    const [spent, sent] = [at - before.at, requests - before.requests];
    const cells = [spent.toFixed(1), String(sent), (sent / spent).toFixed(0), time(0.5), time(0.99), time(1)];
    return `| ${what.padEnd(10)} | ${cells.map((cell) => cell.padStart(8)).join(' | ')} |`;
  });
  const { records, writers, readers } = options;
  const sum = (count: (one: Load) => number) => loads.reduce((total, one) => total + count(one), 0);
  const lines = [
    `A ${way}: ${records} records, ${writers} writers, ${readers} readers, two gateways, one killed (SIGKILL) on the way.`,
    '',
    `| until      | ${['seconds', 'requests', 'per s', 'p50 ms', 'p99 ms', 'max ms'].map((cell) => cell.padStart(8)).join(' | ')} |`,
    `|------------|${'---------:|'.repeat(6)}`,
    ...rows,
    '',
    `Reads: ${load.reads}, writes: ${load.writes}, together ${((load.reads + load.writes) / load.seconds).toFixed(0)} per second.`,
    ...(loads.length > 1
      ? [`Of those who left before: ${sum((one) => one.reads + one.writes) - load.reads - load.writes}.`]
      : []),
    `Failed: ${sum((one) => one.failures.length)}. Cut off by the kill: ${sum((one) => one.cutOff)}. Acknowledged and lost: ${lost.length}.`,
    ...loads.flatMap(({ failures }) => failures.slice(0, 5)),
    ...lost.slice(0, 5),
  ];
  writeSync(1, `${lines.join('\n')}\n`);
}
