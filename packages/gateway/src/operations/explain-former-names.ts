import {
  camelName,
  deriveEntityNames,
  deriveKeyNames,
  deriveRootNames,
  deriveTypeNames,
  type Entity,
  type EntityNames,
  type Registry,
} from '@formwork/registry';
import { type FormerName, formerNamesStatement, readFormerNames } from '@formwork/registry-store';
import { GraphQLError } from 'graphql';
import { nameIndexOf } from '../usage/named-things.ts';
import type { Visit } from '../visit.ts';

/** What graphql-js says of names that it does not know, at the beginning or behind "got invalid value …;". */
const unknownMember = /(?:Cannot query field|Field) "(\w+)" (?:on type|is not defined by type) "(\w+)"/;
const unknownType = /^Unknown type "(\w+)"/;

/** Errors about names that were taken away say what to write instead, as far as whoever asks may see that. */
export async function explainFormerNames(
  visit: Visit,
  errors: readonly GraphQLError[],
): Promise<readonly GraphQLError[]> {
  if (!errors.some(({ message }) => unknownMember.test(message) || unknownType.test(message))) return errors;
  const former = await read(visit);
  if (former.length === 0) return errors;
  const { registry } = await visit.view();
  const names = new FormerNames(registry, former);
  return errors.map((error) => {
    const now = names.find(error.message);
    return now === null ? error : withMessage(error, `${error.message} It is called "${now}" now.`);
  });
}

/** None where they cannot be read: the error is one without them too. */
async function read({ services, caller, batchOptions }: Visit): Promise<readonly FormerName[]> {
  try {
    const { results } = await services.dataPlane.read(
      caller.tenant.id,
      [formerNamesStatement],
      batchOptions(),
    );
    const [rows] = results;
    return rows === undefined || rows instanceof Error ? [] : readFormerNames(rows);
  } catch {
    return [];
  }
}

class FormerNames {
  readonly #registry: Registry;
  readonly #former: readonly FormerName[];
  /** Root fields and types of entities, by what they were called. */
  readonly #names = new Map<string, string>();

  constructor(registry: Registry, former: readonly FormerName[]) {
    this.#registry = registry;
    this.#former = former;
    for (const entity of registry.entities) this.#add(entity);
  }

  find(message: string): string | null {
    const [, type] = unknownType.exec(message) ?? [];
    if (type !== undefined) return this.#names.get(type) ?? null;
    const [, member = '', parent = ''] = unknownMember.exec(message) ?? [];
    if (parent === 'Query' || parent === 'Mutation') return this.#names.get(member) ?? null;
    return this.#fieldOf(parent, member);
  }

  #fieldOf(parent: string, member: string): string | null {
    const [of] = nameIndexOf(this.#registry).find(parent);
    const was = this.#former.find(
      ({ entityType, field, name }) =>
        entityType === of?.entityType && field !== '' && camelName(name) === member,
    );
    const entity = of && this.#registry.entityByStorageKey.get(of.entityType);
    return entity?.fieldByStorageKey.get(was?.successor ?? '')?.name ?? null;
  }

  /** From each former name of the entity, and of the fields that its keys are called by, to those of today. */
  #add(entity: Entity): void {
    const today = deriveEntityNames(entity.key, entity.plural);
    const before = this.#former
      .filter(({ field, successor }) => field === '' && successor === entity.storageKey)
      .map(({ name, plural }) => deriveEntityNames(name, plural ?? name));
    for (const names of before) {
      this.#pair(namesOf(names), namesOf(today));
    }
    for (const names of [today, ...entity.aliases.map((alias) => alias.names), ...before]) {
      this.#addKeys(entity, names, today);
    }
  }

  #addKeys(entity: Entity, names: EntityNames, today: EntityNames): void {
    for (const key of entity.keys) {
      const [only] = key.fields;
      const formerly = this.#former.filter(
        ({ entityType, field }) => entityType === entity.storageKey && field === only?.storageKey,
      );
      const called = key.fields.length === 1 ? formerly.map(({ name }) => name) : [];
      const { rootName, input } = deriveKeyNames(today, key.key);
      for (const one of [key.key, ...called]) {
        const was = deriveKeyNames(names, one);
        this.#pair([was.rootName, was.input], [rootName, input]);
      }
    }
  }

  #pair(was: readonly string[], is: readonly string[]): void {
    for (const [index, name] of was.entries()) {
      const now = is[index];
      if (now !== undefined && now !== name && !this.#names.has(name)) this.#names.set(name, now);
    }
  }
}

function namesOf(names: EntityNames): readonly string[] {
  const { query, mutation } = deriveRootNames(names);
  return [
    ...Object.values(query),
    ...Object.values(mutation),
    names.type,
    ...Object.values(deriveTypeNames(names)),
  ];
}

function withMessage(error: GraphQLError, message: string): GraphQLError {
  const { nodes, source, positions, path, extensions } = error;
  return new GraphQLError(message, {
    ...{ nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, path: path ?? null },
    extensions,
  });
}
