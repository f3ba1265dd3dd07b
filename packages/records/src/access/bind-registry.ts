import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { claimsOf, type Entity, type Registry } from '@formwork/registry';
import { LeastRecentlyUsed } from '../least-recently-used.ts';
import { entityView, restrictView } from '../read/entity-view.ts';
import { type ClaimValues, compileRowRule } from './row-rule.ts';

/** For one role: callers whose claims differ where its rules look. */
const mostCallers = 200;

const bound = new WeakMap<Registry, LeastRecentlyUsed<string, Registry>>();

/**
 * The registry of a role as one caller reads it: an entity with a row rule is an object of its own, whose view is the
 * records that the rule lets this caller see. Whatever names a view in a statement names that, so no read can go past
 * it. Callers with equal claims share it; without rules it is the registry itself.
 */
export function bindRegistry(projected: Registry, claims: ClaimValues): Registry {
  const { whole } = projected;
  const ruled = projected.entities.filter(({ access }) => access !== null && access.read !== null);
  if (whole === null || ruled.length === 0) return projected;
  const asked = [...claimsOf(ruled.map(({ access }) => access?.read))].sort();
  const key = JSON.stringify(
    asked.map((name) => (Object.hasOwn(claims, name) ? claims[name] : undefined) ?? null),
  );
  let callers = bound.get(projected);
  if (callers === undefined) {
    callers = new LeastRecentlyUsed(mostCallers);
    bound.set(projected, callers);
  }
  return callers.get(key, () => bind(projected, whole, new Set(ruled), claims));
}

function bind(
  projected: Registry,
  whole: Registry,
  ruled: ReadonlySet<Entity>,
  claims: ClaimValues,
): Registry {
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
