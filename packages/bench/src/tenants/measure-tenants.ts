import { setTimeout as sleep } from 'node:timers/promises';
import { CollectedHeap } from '../load/collected-heap.ts';
import { connectionMemory, privateMemory } from '../load/memory.ts';
import { startProbe } from '../load/probe.ts';
import { describeMachine } from '../machine.ts';
import { decimal, mebibytes } from '../report/format.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { percentile } from '../report/percentile.ts';
import type { Report } from '../report/report.ts';
import { startFormwork } from '../targets/formwork.ts';
import type { Target } from '../targets/target.ts';
import { tell } from '../tell.ts';
import { askWell } from './ask.ts';
import { measureChanges, middleAndTail } from './measure-changes.ts';
import { measureSchema } from './measure-schema.ts';
import { type BenchTenant, type ManyTenants, openTenants } from './open-tenants.ts';
import { listQuery } from './shapes.ts';

interface TenantSettings {
  readonly tenants: number;
  readonly shapes: number;
  /** Registry changes in a minute. */
  readonly changes: number;
  readonly minutes: number;
}

/** Many tenants on one node: what each costs in memory, what the first answer costs, and how changes come through. */
export async function measureTenants({
  tenants: count,
  shapes,
  changes,
  minutes,
}: TenantSettings): Promise<Report> {
  tell('Schemas …');
  const schema = await measureSchema();
  const many = await openTenants(count, Math.min(shapes, count));
  const heap = await CollectedHeap.open();
  const gateways: Target[] = [];
  try {
    const machine = await describeMachine(many.home);
    gateways.push(await startFormwork(many, heap.environment), await startFormwork(many));
    const [first, second] = gateways.map(({ url }) => new URL(url).origin) as [string, string];
    const pid = gateways[0]?.pid ?? 0;
    const visits = await visitAll(first, pid, many.tenants, heap);
    const { cold } = visits;
    const connections = await connectionMemory(many.home);
    tell('Changes …');
    const watch = startProbe(first, pid);
    const changed = await measureChanges([first, second], many.tenants, changes, minutes);
    const busy = await watch.stop();
    const after = await privateMemory(pid);
    const figures = { schema, visits, connections, changed, memoryAfter: after, probes: { cold, busy } };
    return {
      title: `${count} tenants on one node, ${shapes} shapes of their own, 30 entities each`,
      machine,
      sections: [
        markdownTable(
          ['what', 'measured', 'aim'],
          [
            [
              'schema of 50 entities of 20 fields, with its first document, MiB',
              mebibytes(schema.asked.bytes),
              '3',
            ],
            ['the same with all of its types, MiB', mebibytes(schema.whole.bytes), '3'],
            ['to build it for its first document, p50 / p99 ms', middleAndTail(schema.asked.ms), '15'],
            ['to make all of its other types, p50 / p99 ms', middleAndTail(schema.whole.ms), '–'],
            ['first answer, shape not known, p50 / p99 ms', middleAndTail(visits.newShape), 'p99 60'],
            ['first answer, shape known, p50 / p99 ms', middleAndTail(visits.knownShape), 'p99 60'],
            ['warm answer, p50 / p99 ms', middleAndTail(visits.warm), '–'],
            ['gateway before anybody came, MiB', mebibytes(visits.memory.before), '–'],
            ['gateway with all shapes, MiB', mebibytes(visits.memory.withShapes), '–'],
            ['for each shape, KiB', kibibytes(visits.perShape), '–'],
            ['of its heap without garbage, KiB', kibibytes(visits.collected.perShape), '–'],
            ['gateway with all tenants, MiB', mebibytes(visits.memory.withAll), '–'],
            [
              'for each tenant of a known shape, heap without garbage, KiB',
              decimal(visits.collected.perTenant / 1024, 1),
              '4',
            ],
            ['gateway after the changes, MiB', mebibytes(after), '–'],
            ['Postgres connection, largest, MiB', mebibytes(Math.max(...connections)), '64'],
            [
              'Postgres connections, all, MiB',
              mebibytes(connections.reduce((sum, size) => sum + size, 0)),
              '–',
            ],
            [
              `change to first answer, same gateway, p50 / p99 ms (${changes} a minute)`,
              middleAndTail(changed.same),
              '100',
            ],
            ['change to first answer, other gateway, p50 / p99 ms', middleAndTail(changed.other), '100'],
            ['the change itself, p50 / p99 ms', middleAndTail(changed.apply), '–'],
            ["others' answers meanwhile, p50 / p99 ms", middleAndTail(changed.meanwhile), '–'],
            [
              'event loop, longest wait of a probe, cold / changes, ms',
              `${longest(cold.waits)} / ${longest(busy.waits)}`,
              '–',
            ],
            [
              'longest that an idle process waited for a core meanwhile, ms',
              `${longest(cold.noCore)} / ${longest(busy.noCore)}`,
              '–',
            ],
            [
              'longest wait of a probe without the time that the gateway, or an idle process, waited for a core, ms',
              `${longest(cold.blocked)} / ${longest(busy.blocked)}`,
              '50',
            ],
          ],
        ),
        'Memory is what a process shares with none (/proc/…/smaps_rollup), so garbage that nobody has collected yet counts, unless it is said that it does not. A probe asks /healthz every 10 ms; its wait holds the way there and back too, and whoever else wants the cores. What of it the gateway waited for a core is told by /proc/…/schedstat; and an idle process looks at the clock beside it every 4 ms: where that came late, the machine stood still. The longer of the two is taken off a wait.',
      ],
      figures,
    };
  } finally {
    for (const gateway of gateways) await gateway.stop();
    await many.home.close();
    await heap.close();
  }
}

/** One tenant after the other is asked for the first time; then all of them at random. */
async function visitAll(origin: string, pid: number, tenants: ManyTenants['tenants'], heap: CollectedHeap) {
  const known = new Set<number>();
  const isFirst = ({ shape }: BenchTenant) => !known.has(shape) && known.add(shape) !== undefined;
  const firsts = tenants.filter(isFirst);
  const others = tenants.filter((tenant) => !firsts.includes(tenant));
  const cold = { waits: [] as number[], blocked: [] as number[], noCore: [] as number[] };
  // Not while a heap is collected: that is our doing.
  const visit = async (list: readonly BenchTenant[]) => {
    const probe = startProbe(origin, pid);
    const answers: number[] = [];
    for (const tenant of list)
      answers.push(await askWell(origin, '/graphql', tenant, listQuery(tenant.shape)));
    const { waits, blocked, noCore } = await probe.stop();
    cold.waits.push(...waits);
    cold.blocked.push(...blocked);
    cold.noCore.push(...noCore);
    return answers;
  };
  const before = await privateMemory(pid);
  const empty = await collected(heap, pid);
  tell(`First answers of ${firsts.length} shapes …`);
  const newShape = await visit(firsts);
  const withShapes = await privateMemory(pid);
  const shaped = await collected(heap, pid);
  tell(`First answers of ${others.length} other tenants …`);
  const knownShape = await visit(others);
  const withAll = await privateMemory(pid);
  const all = await collected(heap, pid);
  const again = Array.from(
    { length: Math.min(2_000, tenants.length * 2) },
    (_, index) => tenants[(index * 7919) % tenants.length] as BenchTenant,
  );
  const warm = await visit(again);
  return {
    cold,
    newShape,
    knownShape,
    warm,
    memory: { before, withShapes, withAll },
    perShape: (withShapes - before) / firsts.length,
    collected: {
      ...{ empty, shaped, all },
      perShape: (shaped - empty) / firsts.length,
      perTenant: others.length === 0 ? Number.NaN : (all - shaped) / others.length,
    },
  };
}

/** Once it has told the database who used what, which it holds for ten seconds. */
async function collected(heap: CollectedHeap, pid: number): Promise<number> {
  await sleep(15_000);
  return heap.of(pid);
}

const kibibytes = (bytes: number): string => decimal(bytes / 1024, 0);
const longest = (waits: readonly number[]): string =>
  waits.length === 0 ? '0' : decimal(percentile(waits, 1), 0);
