import { type Steps, toEnd } from '@formwork/registry';
import type { CountedUse } from '@formwork/registry-store';
import { type NamedThing, type NameIndex, nameIndexOf } from './named-things.ts';
import { behindField, behindRules } from './needed-things.ts';
import type { Tally } from './usage-ledger.ts';

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
    for (const [thing, uses] of usesOf(tally)) {
      const { way, ...place } = thing;
      const key = [place.entityType, place.field, place.name, client, clientVersion, operation].join('\n');
      const age = Math.max(0, now - tally.lastUsedAt);
      const before = counted.get(key);
      if (before === undefined) {
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
function usesOf(tally: Tally): Iterable<readonly [NamedThing, number]> {
  const index = nameIndexOf(tally.registry);
  const uses = new Map<string, [NamedThing, number]>();
  const note = (thing: NamedThing, count: number) => {
    const key = `${thing.entityType}.${thing.field} ${thing.name} ${thing.way}`;
    const known = uses.get(key);
    if (known === undefined) uses.set(key, [thing, count]);
    else known[1] = Math.max(known[1], count);
  };
  for (const [name, count] of namesOf(tally)) {
    for (const thing of index.find(name)) {
      note(thing, count);
      for (const behind of behindOf(index, thing)) note(behind, count);
    }
  }
  return mergeWays([...uses.values()]);
}

function* namesOf({ written, given, uses }: Tally): Iterable<readonly [string, number]> {
  for (const name of written.names) yield [name, uses];
  yield* given;
}

function behindOf({ registry }: NameIndex, { entityType, field }: NamedThing): readonly NamedThing[] {
  const entity = registry.entityByStorageKey.get(entityType);
  if (!entity) return [];
  if (field === '') return behindRules(registry, entity);
  const used = entity.fieldByStorageKey.get(field);
  return used ? behindField(registry, entity, used) : [];
}

/** One run is one use, in however many ways: the second way of a thing adds nothing to its count. */
function* mergeWays(
  uses: readonly (readonly [NamedThing, number])[],
): Iterable<readonly [NamedThing, number]> {
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
