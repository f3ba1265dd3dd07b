import type { Registry } from '@formwork/registry';
import { UsageLedger } from '../src/usage/usage-ledger.ts';

/* What a gateway counts stays small, whoever counts on the contrary. */

const registry = {} as Registry;
const written = (...names: string[]) => ({ names: new Set(names), inputs: [] });
const by = (client: string) => ({ client, clientVersion: '', operation: '', role: 'viewer' });
const wide = written(...Array.from({ length: 99 }, (_, n) => `Thing.field${n}`));

function flood(ledger: UsageLedger, tenant: string): void {
  for (let n = 0; n < 5_000; n += 1) ledger.note(tenant, by(`made-up-${n}`), registry, wide, new Set());
}

test('clients that are made up do not fill it, and what they used is known all the same', () => {
  const ledger = new UsageLedger();
  flood(ledger, 'a');
  expect(ledger.size).toBeLessThan(20_300);
  ledger.note('a', by('late'), registry, written('Thing.late'), new Set(['Thing.given']));
  const tallies = ledger.take().get('a') ?? [];
  expect(tallies.reduce((sum, { uses }) => sum + uses, 0)).toBe(5_001);
  const rest = tallies.find((tally) => tally.by.client === '');
  expect(rest?.by.role).toBe('viewer');
  expect([...(rest?.given.keys() ?? [])]).toEqual([...wide.names, 'Thing.late', 'Thing.given']);
  expect(ledger.size).toBe(0);
});

test('variables that name ever more do not fill it', () => {
  const ledger = new UsageLedger();
  const empty = written();
  for (let n = 0; n < 5_000; n += 1) ledger.note('a', by(`made-up-${n}`), registry, empty, wide.names);
  expect(ledger.size).toBeLessThan(20_300);
});

test('what one tenant does is not what another’s clients lose their names by', () => {
  const ledger = new UsageLedger();
  flood(ledger, 'a');
  ledger.note('b', by('app'), registry, wide, new Set());
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
  for (let n = 0; n < 50_000; n += 1)
    ledger.note('a', by(`made-up-${n}`), registry, written('Thing.id'), new Set());
  expect(ledger.take().get('a')?.length).toBeLessThan(2_000);
});
