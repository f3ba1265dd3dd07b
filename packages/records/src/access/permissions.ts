import type { Statement } from '@formwork/pg';
import { type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import { type Entity, mayDo, type Registry } from '@formwork/registry';
import { RecordError } from '../contract.ts';
import { entityView } from '../read/entity-view.ts';
import { rowsOf } from './bind-registry.ts';
import { type ClaimValues, compileRowRule } from './row-rule.ts';

export type Deed = 'create' | 'update' | 'delete';

/**
 * What the caller may do with records, for writes: they are planned on the whole registry (defaults and checks are for
 * fields that the caller does not see, too), and asked for here. Entities are those of the whole registry.
 */
export class Permissions {
  /** As the caller reads it. */
  readonly registry: Registry;
  readonly #claims: ClaimValues;
  readonly #rows = new Map<string, SqlFragment | null>();

  /** `bound`: see `bindRegistry`. */
  constructor(bound: Registry, claims: ClaimValues) {
    this.registry = bound;
    this.#claims = claims;
  }

  /** Whether the caller may do everything: then nothing has to be asked. */
  get isWhole(): boolean {
    return this.registry.whole === null;
  }

  /** The entity as the caller sees it; undefined for one that it does not see. */
  seen({ storageKey }: Entity): Entity | undefined {
    return this.registry.entityByStorageKey.get(storageKey);
  }

  /** Throws FORBIDDEN where the caller may do that with no record at all. */
  assertMay(deed: Deed, entity: Entity): void {
    const seen = this.seen(entity);
    if (seen === undefined || !mayDo(seen, deed)) throw forbidden(deed, entity);
  }

  /** Records that the caller may see, as something to select from; null: all of them. */
  visible(entity: Entity): SqlFragment | null {
    if (this.isWhole) return null;
    const seen = this.seen(entity);
    if (seen === undefined) return nothing;
    return seen.access?.read ? entityView(seen).name : null;
  }

  /** Records that the caller may see and do that with; null: all of them. */
  allowed(deed: Deed, entity: Entity): SqlFragment | null {
    if (this.isWhole) return null;
    const key = `${deed} ${entity.storageKey}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const rows = this.#compile(deed, entity);
    this.#rows.set(key, rows);
    return rows;
  }

  /** Gives those of the records (by id) that the caller may not see and do that with; null where all are allowed. */
  refusedStatement(deed: Deed, entity: Entity, ids: readonly string[]): Statement | null {
    const rows = this.allowed(deed, entity);
    return (
      rows &&
      sql`select i.id from unnest(${textArray(ids)}::uuid[]) i (id)
        where not exists (select from ${rows} v where v.id = i.id)`
    );
  }

  #compile(deed: Deed, entity: Entity): SqlFragment | null {
    const { whole } = this.registry;
    const seen = this.seen(entity);
    if (whole === null || seen === undefined || !mayDo(seen, deed)) return nothing;
    const rule = seen.access?.[deed]?.where ?? null;
    if (rule === null) return this.visible(entity);
    const condition = compileRowRule(whole, entity, rule, this.#claims, sql.identifier('v'));
    return rowsOf(entityView(seen).name, condition);
  }
}

const nothing = sql`(select null::uuid as id where false)`;

const verbs: Readonly<Record<Deed, string>> = { create: 'created', update: 'changed', delete: 'deleted' };

/** Of the kind of record; `id`: of one record among others that it may do it with. */
export function forbidden(deed: Deed, { label }: Entity, id?: string): RecordError {
  const message =
    id === undefined
      ? `Records of "${label}" cannot be ${verbs[deed]} with this role.`
      : `This "${label}" cannot be ${verbs[deed]} with this role.`;
  return new RecordError('FORBIDDEN', message, id === undefined ? {} : { id });
}

/** Of what a write would make: the role may not have written it, or would not see it any more. */
export function forbiddenOutcome(deed: Deed, { label }: Entity): RecordError {
  return new RecordError(
    'FORBIDDEN',
    `This role may not make a "${label}" like that, so nothing was ${verbs[deed]}.`,
  );
}
