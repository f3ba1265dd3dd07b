import { type Steps, toEnd } from '@formwork/registry';
import type { CountedUse } from '@formwork/registry-store';
import type { Tally } from './usage-ledger.ts';
import type { UsedThing } from './used-things.ts';

type Counted = { -readonly [Name in keyof CountedUse]: CountedUse[Name] };

/** What was counted of operations, as uses of fields and entities. */
export function countUses(tallies: readonly Tally[], now = Date.now()): readonly CountedUse[] {
  return toEnd(countUsesInSteps(tallies, now));
}

/** The same in steps: of a tenant with many clients they are thousands. */
export function* countUsesInSteps(tallies: readonly Tally[], now = Date.now()): Steps<readonly CountedUse[]> {
  const counted = new Map<string, Counted>();
  for (const tally of tallies) {
    const { client, clientVersion, operation } = tally.by;
    for (const [{ entityType, field, name, way }, uses] of usesOf(tally)) {
      const key = [entityType, field, name, client, clientVersion, operation].join('\n');
      const age = Math.max(0, now - tally.lastUsedAt);
      const before = counted.get(key);
      if (before === undefined) {
        const place = { entityType, field, name };
        counted.set(key, { ...place, client, clientVersion, operation, ways: [way], uses, age });
        continue;
      }
      before.uses += uses;
      before.age = Math.min(before.age, age);
      if (!before.ways.includes(way)) before.ways = [...before.ways, way];
    }
    yield;
  }
  return [...counted.values()];
}

/** Each field once for each name and way, however often the operation names it. */
function usesOf({ things, uses: runs, given }: Tally): Iterable<readonly [UsedThing, number]> {
  const uses = new Map<string, [UsedThing, number]>();
  const note = (thing: UsedThing, count: number) => {
    const known = uses.get(thing.id);
    if (known === undefined) uses.set(thing.id, [thing, count]);
    else known[1] = Math.max(known[1], count);
  };
  for (const thing of things) note(thing, runs);
  for (const { things: named, count } of given.values()) for (const thing of named) note(thing, count);
  return mergeWays([...uses.values()]);
}

/** One run is one use, in however many ways: the second way of a thing adds nothing to its count. */
function* mergeWays(uses: readonly (readonly [UsedThing, number])[]): Iterable<readonly [UsedThing, number]> {
  const most = new Map<string, number>();
  for (const [{ entityType, field, name }, count] of [...uses].sort((a, b) => b[1] - a[1])) {
    const key = `${entityType}.${field} ${name}`;
    if (!most.has(key)) most.set(key, count);
  }
  for (const [thing] of uses) {
    const key = `${thing.entityType}.${thing.field} ${thing.name}`;
    yield [thing, most.get(key) ?? 0];
    most.set(key, 0);
  }
}
