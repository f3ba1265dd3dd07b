import { createRegistry, type Registry } from '@formwork/registry';
import { countUses } from '../src/usage/count-uses.ts';
import { UsageLedger } from '../src/usage/usage-ledger.ts';
import { type UsedThing, usedThingsOf } from '../src/usage/used-things.ts';

/* What a gateway counts stays small, whoever counts on the contrary. */

const using = (...fields: string[]): readonly UsedThing[] =>
  fields.map((field) => ({ entityType: 'thing', field, name: field, way: 'selection', id: field }));
const by = (client: string) => ({ client, clientVersion: '', operation: '', role: 'viewer' });
const wide = using(...Array.from({ length: 99 }, (_, n) => `field${n}`));

function flood(ledger: UsageLedger, tenant: string): void {
  for (let n = 0; n < 5_000; n += 1) ledger.note(tenant, by(`made-up-${n}`), wide, []);
}

test('clients that are made up do not fill it, and what they used is known all the same', () => {
  const ledger = new UsageLedger();
  flood(ledger, 'a');
  expect(ledger.size).toBeLessThan(20_300);
  ledger.note('a', by('late'), using('late'), [['Thing.given', using('given')]]);
  const tallies = ledger.take().get('a') ?? [];
  expect(tallies.reduce((sum, { uses }) => sum + uses, 0)).toBe(5_001);
  const rest = tallies.find((tally) => tally.by.client === '');
  expect(rest?.by.role).toBe('viewer');
  expect([...(rest?.given.keys() ?? [])]).toEqual([...wide.map(({ id }) => id), 'late', 'Thing.given']);
  expect(ledger.size).toBe(0);
});

test('variables that name ever more do not fill it', () => {
  const ledger = new UsageLedger();
  const names = wide.map((thing) => [thing.id, [thing]] as const);
  for (let n = 0; n < 5_000; n += 1) ledger.note('a', by(`made-up-${n}`), [], names);
  expect(ledger.size).toBeLessThan(20_300);
});

test('what one tenant does is not what another’s clients lose their names by', () => {
  const ledger = new UsageLedger();
  flood(ledger, 'a');
  ledger.note('b', by('app'), wide, []);
  expect(ledger.take().get('b')).toMatchObject([{ by: { client: 'app' }, uses: 1 }]);
});

test('what could not be told is counted again, and no more of it kept', () => {
  const ledger = new UsageLedger();
  flood(ledger, 'a');
  const size = ledger.size;
  for (const [tenant, tallies] of ledger.take()) ledger.putBack(tenant, tallies);
  expect(ledger.size).toBe(size);
  flood(ledger, 'a');
  expect(ledger.size).toBe(size);
});

test('while nothing can be told, what is counted meanwhile does not fill it either, and every use stays known', () => {
  const ledger = new UsageLedger();
  for (let round = 0; round < 5; round += 1) {
    const taken = ledger.take();
    flood(ledger, 'a');
    for (const [tenant, tallies] of taken) ledger.putBack(tenant, tallies);
    expect(ledger.size).toBeLessThan(20_400);
  }
  const tallies = ledger.take().get('a') ?? [];
  expect(tallies.reduce((sum, { uses }) => sum + uses, 0)).toBe(25_000);
});

test('clients that are made up for operations that name little do not fill it', () => {
  const ledger = new UsageLedger();
  for (let n = 0; n < 50_000; n += 1) ledger.note('a', by(`made-up-${n}`), using('id'), []);
  expect(ledger.take().get('a')?.length).toBeLessThan(2_000);
});

test('what is counted keeps no registry alive, and is told as what the names stood for', () => {
  const made = createRegistry({
    formwork: 1,
    entities: [{ key: 'thing', plural: 'things', fields: [{ key: 'size', type: 'integer' }] }],
  });
  if ('problems' in made) throw new Error(JSON.stringify(made.problems));
  const ledger = new UsageLedger();
  const used = usedThingsOf(made.registry);
  const operation = { names: new Set(['Query.things', 'Thing.size']), inputs: [] };
  ledger.note('a', by('app'), used.ofOperation(operation), [
    ['ThingFilter.size', used.ofName('ThingFilter.size')],
  ]);
  ledger.note('a', by('app'), used.ofOperation(operation), []);
  const counted = ledger.take();
  expect(reaches(counted, made.registry)).toBe(false);
  const [tally, ...others] = counted.get('a') ?? [];
  expect(others).toEqual([]);
  expect(countUses([tally as NonNullable<typeof tally>])).toEqual([
    expect.objectContaining({ entityType: 'thing', field: '', name: 'thing', uses: 2 }),
    expect.objectContaining({ entityType: 'thing', field: '', name: '', uses: 2 }),
    expect.objectContaining({
      entityType: 'thing',
      field: 'size',
      name: 'size',
      uses: 2,
      ways: ['selection', 'filter'],
    }),
  ]);
});

/** Whether somebody who holds the one holds anything of the other that is no text. */
function reaches(from: unknown, registry: Registry): boolean {
  const parts = new Set<unknown>([
    registry,
    ...registry.entities,
    ...registry.entities.flatMap(({ fields }) => fields),
  ]);
  const seen = new Set<unknown>();
  const look = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return false;
    if (parts.has(value)) return true;
    seen.add(value);
    const inner =
      value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value);
    return inner.some(look);
  };
  return look(from);
}
