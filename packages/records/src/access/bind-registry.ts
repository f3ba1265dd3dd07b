import { OpenValue, type SqlFragment, sql } from '@formwork/pg/sql-text';
import { claimsOf, type Entity, type Registry } from '@formwork/registry';
import { CountedMap } from '../counted-map.ts';
import { memoryOf } from '../memory.ts';
import { entityView, restrictView } from '../read/entity-view.ts';
import { type ClaimValues, compileRowRule } from './row-rule.ts';

/** For one role: by what callers' claims are where its rules look. */
const bound = new WeakMap<Registry, CountedMap<Registry>>();
const boundOpen = new WeakMap<Registry, CountedMap<OpenRegistry | null>>();

/**
 * The registry of a role as one caller reads it: an entity with a row rule is an object of its own, whose view is the
 * records that the rule lets this caller see. Whatever names a view in a statement names that, so no read can go past
 * it. Callers with equal claims share it; without rules it is the registry itself.
 */
export function bindRegistry(projected: Registry, claims: ClaimValues): Registry {
  const rules = rulesOf(projected);
  if (rules === null) return projected;
  const key = JSON.stringify(rules.claims.map((name) => claimOf(claims, name)));
  return callersOf(bound, projected).get(key, () => bind(projected, rules, claims));
}

/** A registry whose rules are bound to claims that are still to come. */
export interface OpenRegistry {
  readonly registry: Registry;
  /** What was made of them: each has to be looked at, for one of the wrong type is for the rules to say. */
  readonly ends: ReadonlySet<OpenValue>;
}

/**
 * The same for statements that are written once for all callers who have the same claims, whatever their values: those
 * are open (see `OpenValue`) and read from the `claims` that a statement is filled with. Null where a rule needs to
 * know one beforehand.
 */
export function bindOpenRegistry(projected: Registry, claims: ClaimValues): OpenRegistry | null {
  const rules = rulesOf(projected);
  if (rules === null) return { registry: projected, ends: nothing };
  const present = rules.claims.filter((name) => claimOf(claims, name) !== null);
  return callersOf(boundOpen, projected).get(JSON.stringify(present), () =>
    bindOpen(projected, rules, present),
  );
}

function bindOpen(projected: Registry, rules: Rules, present: readonly string[]): OpenRegistry | null {
  const ends = new Set<OpenValue>();
  const claims = Object.fromEntries(present.map((name) => [name, openClaim(name, ends)]));
  try {
    return { registry: bind(projected, rules, claims), ends };
  } catch {
    return null;
  }
}

const nothing: ReadonlySet<OpenValue> = new Set();

function openClaim(name: string, ends: Set<OpenValue>): OpenValue {
  return new OpenValue(({ claims }: { readonly claims: ClaimValues }) => claims[name], ends);
}

function claimOf(claims: ClaimValues, name: string): unknown {
  return (Object.hasOwn(claims, name) ? claims[name] : null) ?? null;
}

function callersOf<Bound>(
  known: WeakMap<Registry, CountedMap<Bound>>,
  projected: Registry,
): CountedMap<Bound> {
  let callers = known.get(projected);
  if (callers === undefined) {
    callers = new CountedMap<Bound>(memoryOf(projected), () => bytesOf(projected));
    known.set(projected, callers);
  }
  return callers;
}

/** Of a registry that is bound: what is ruled is copied, with its columns, and all maps are. */
function bytesOf(projected: Registry): number {
  const ruled = [...(rulesOf(projected)?.ruled ?? [])];
  return ruled.reduce(
    (sum, { fields }) => sum + 1_500 + fields.length * 300,
    500 + projected.entities.length * 150,
  );
}

/** What a role's registry says of its rows. */
interface Rules {
  readonly whole: Registry;
  readonly ruled: ReadonlySet<Entity>;
  /** Names of the claims that are asked for. */
  readonly claims: readonly string[];
}

const rulesKnown = new WeakMap<Registry, Rules | null>();

/** Null where the role sees all records of what it sees. */
function rulesOf(projected: Registry): Rules | null {
  const known = rulesKnown.get(projected);
  if (known !== undefined) return known;
  const { whole } = projected;
  const ruled = projected.entities.filter(({ access }) => access !== null && access.read !== null);
  const claims = [...claimsOf(ruled.map(({ access }) => access?.read))].sort();
  const rules = whole === null || ruled.length === 0 ? null : { whole, ruled: new Set(ruled), claims };
  rulesKnown.set(projected, rules);
  return rules;
}

function bind(projected: Registry, { whole, ruled }: Rules, claims: ClaimValues): Registry {
  const own = new Map([...ruled].map((entity) => [entity, restrict(whole, entity, claims)]));
  const bind = (entity: Entity) => own.get(entity) ?? entity;
  const bindAll = (map: ReadonlyMap<string, Entity>) =>
    new Map([...map].map(([name, entity]) => [name, bind(entity)]));
  return {
    ...projected,
    entities: projected.entities.map(bind),
    entityByKey: bindAll(projected.entityByKey),
    entityByTypeName: bindAll(projected.entityByTypeName),
    entityByStorageKey: bindAll(projected.entityByStorageKey),
  };
}

function restrict(whole: Registry, entity: Entity, claims: ClaimValues): Entity {
  const copy = { ...entity };
  const original = whole.entityByStorageKey.get(entity.storageKey);
  const rule = entity.access?.read;
  if (original === undefined || rule === null || rule === undefined) {
    throw new Error(`"${entity.key}" has no row rule`);
  }
  const alias = sql.identifier('v');
  const condition = compileRowRule(whole, original, rule, claims, alias);
  restrictView(copy, rowsOf(entityView(original).name, condition));
  return copy;
}

/** Rows of a view, or of what stands for one, as what can stand in its place. Postgres makes one query of it. */
export function rowsOf(source: SqlFragment, condition: SqlFragment): SqlFragment {
  return sql`(select v.* from ${source} v where ${condition})`;
}
