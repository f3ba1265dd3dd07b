import type { Change, Entity, Field, Registry } from '@formwork/registry';
import type { ChangeRequest } from '../change-request.ts';
import { findNamesGone } from './names-gone.ts';
import type { Use } from './use.ts';

/** What is taken away: storage keys, where `field` is empty the entity itself, and the key of a name; null: all of its names. */
export interface ClosingThing {
  readonly entityType: string;
  readonly field: string;
  readonly name: string | null;
}

/** That a request takes a name away from clients. */
export interface Contract {
  /** "changes[2].dropAlias", "entities[0].fields" */
  readonly path: string;
  /** The name, as a sentence begins: `The alias "rent" of "property.monthly_rent"`. */
  readonly what: string;
  readonly thing: ClosingThing;
}

/** By the thing alone; see {@link isUseOf}. */
type UsedName = Pick<Use, 'entityType' | 'field' | 'name'>;

export function isUseOf({ entityType, field, name }: ClosingThing, use: UsedName): boolean {
  return use.entityType === entityType && use.field === field && (name === null || use.name === name);
}

/** Whether the request says by itself that it takes names away, even if there are none such. */
export function takesNamesAway(request: ChangeRequest): boolean {
  return 'changes' in request && request.changes.some((change) => contractOf(change) !== null);
}

/**
 * What the request, which makes `after` of `before`, ends of what clients may use. An undo is none: it takes back what it
 * undoes, whoever uses it by now.
 */
export function findContracts(
  request: ChangeRequest,
  before: Registry | null,
  after: Registry,
): readonly Contract[] {
  if (before === null || 'revert' in request) return [];
  return 'changes' in request ? findRemovals(before, request.changes) : findNamesGone(before, after);
}

/** The changes of the list that give up a name, unless they say "force". */
function findRemovals(current: Registry, changes: readonly Change[]): readonly Contract[] {
  const names = new NamesOnTheWay(current);
  return changes.flatMap((change, index) => {
    const contract = contractOf(change);
    const found = contract && describe(names, contract, `changes[${index}].${contract.kind}`);
    names.follow(change);
    return found ?? [];
  });
}

interface Removal {
  readonly kind: (typeof removals)[number];
  readonly entity: string;
  readonly field: string | null;
  /** Of several names the one that goes. */
  readonly name: string | null;
}

const removals = ['dropAlias', 'removeField', 'removeEntity', 'renameField', 'renameEntity'] as const;

function contractOf(change: object): Removal | null {
  const given = change as Readonly<Record<string, Readonly<Record<string, unknown>> | null | undefined>>;
  for (const kind of removals) {
    const named = given[kind];
    if (!named || named.force === true) continue;
    const isRename = kind === 'renameField' || kind === 'renameEntity';
    if (isRename && named.keepAlias !== false) continue;
    const text = (value: unknown) => (typeof value === 'string' ? value : null);
    const [entity, field] = [text(named.entity) ?? '', text(named.field)];
    return { kind, entity, field, name: isRename ? (field ?? entity) : text(named.alias) };
  }
  return null;
}

function describe(names: NamesOnTheWay, contract: Removal, path: string): Contract | null {
  const entity = names.entity(contract.entity);
  const field = contract.field === null ? null : names.field(contract.entity, contract.field);
  // Of what came with the same list nobody knows yet.
  if (entity === undefined || field === undefined) return null;
  const { name, kind } = contract;
  const place = contract.field === null ? contract.entity : `${contract.entity}.${contract.field}`;
  const old = kind === 'dropAlias' ? 'old name' : 'name';
  return {
    path,
    what:
      name === null ? `The ${field ? 'field' : 'entity'} "${place}"` : `The ${old} "${name}" of "${place}"`,
    thing: { entityType: entity.storageKey, field: field?.storageKey ?? '', name },
  };
}

/** Things of today by the names that they have at a place of the list. */
class NamesOnTheWay {
  readonly #entities: Map<string, Entity>;
  readonly #fields = new Map<Entity, Map<string, Field>>();

  constructor({ entityByKey }: Registry) {
    this.#entities = new Map(entityByKey);
  }

  entity(key: string): Entity | undefined {
    return this.#entities.get(key);
  }

  field(entityKey: string, key: string): Field | undefined {
    return this.#fieldsOf(entityKey)?.get(key);
  }

  follow(change: object): void {
    const { renameEntity, renameField } = change as {
      readonly renameEntity?: { readonly entity: string; readonly to: string } | null;
      readonly renameField?: { readonly entity: string; readonly field: string; readonly to: string } | null;
    };
    const entity = renameEntity && this.#entities.get(renameEntity.entity);
    if (renameEntity && entity) {
      this.#entities.delete(renameEntity.entity);
      this.#entities.set(renameEntity.to, entity);
    }
    const fields = renameField && this.#fieldsOf(renameField.entity);
    const field = renameField && fields?.get(renameField.field);
    if (renameField && fields && field) {
      fields.delete(renameField.field);
      fields.set(renameField.to, field);
    }
  }

  #fieldsOf(entityKey: string): Map<string, Field> | undefined {
    const entity = this.#entities.get(entityKey);
    if (!entity) return undefined;
    const fields = this.#fields.get(entity) ?? new Map(entity.fieldByKey);
    this.#fields.set(entity, fields);
    return fields;
  }
}
