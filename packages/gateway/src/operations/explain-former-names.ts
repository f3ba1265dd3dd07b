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
import { GraphQLError, type GraphQLSchema } from 'graphql';
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
  const { registry, schema } = await visit.view();
  const names = new FormerNames(registry, schema, former);
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

/** What an entity is or was called. */
interface Called {
  readonly entity: Entity;
  readonly names: EntityNames;
  readonly today: EntityNames;
}

/** Looks only at what may be meant: a design may have thousands of former names, and every error is looked at. */
export class FormerNames {
  readonly #registry: Registry;
  readonly #schema: GraphQLSchema;
  /** Of each field, by its storage keys. */
  readonly #ofFields = new Map<string, FormerName[]>();
  /** Of the fields of each entity, by what was written; the latest. */
  readonly #written = new Map<string, FormerName>();
  readonly #called: readonly Called[];

  /** As the role of whoever asks sees them. */
  constructor(registry: Registry, schema: GraphQLSchema, former: readonly FormerName[]) {
    this.#registry = registry;
    this.#schema = schema;
    const ofEntities = new Map<string, FormerName[]>();
    for (const one of former) {
      const { entityType, field, name, successor } = one;
      if (field === '') {
        append(ofEntities, successor, one);
        continue;
      }
      append(this.#ofFields, `${entityType}.${field}`, one);
      const written = `${entityType}.${camelName(name)}`;
      if (!this.#written.has(written)) this.#written.set(written, one);
    }
    this.#called = registry.entities.flatMap((entity) => {
      const today = deriveEntityNames(entity.key, entity.plural);
      const before = (ofEntities.get(entity.storageKey) ?? []).map(({ name, plural }) =>
        deriveEntityNames(name, plural ?? name),
      );
      const aliases = entity.aliases.map((alias) => alias.names);
      return [...before, today, ...aliases].map((names) => ({ entity, names, today }));
    });
  }

  /** What the unknown name in an error is called today; null where it is not known that it ever was one. */
  find(message: string): string | null {
    const [, type] = unknownType.exec(message) ?? [];
    if (type !== undefined) return this.#nameOf(type, (now) => this.#schema.getType(now) !== undefined);
    const [, member = '', parent = ''] = unknownMember.exec(message) ?? [];
    if (parent === 'Query' || parent === 'Mutation') {
      const root = parent === 'Query' ? this.#schema.getQueryType() : this.#schema.getMutationType();
      return this.#nameOf(member, (now) => root?.getFields()[now] !== undefined);
    }
    return this.#fieldOf(parent, member);
  }

  #fieldOf(parent: string, member: string): string | null {
    const [of] = nameIndexOf(this.#registry).find(parent);
    const entity = of && this.#registry.entityByStorageKey.get(of.entityType);
    const was = this.#written.get(`${of?.entityType}.${member}`);
    return entity?.fieldByStorageKey.get(was?.successor ?? '')?.name ?? null;
  }

  /** Of a root field or a type; what the role may not do it is not sent to. */
  #nameOf(name: string, isThere: (now: string) => boolean): string | null {
    const written = name.toLowerCase();
    const isIn = (part: string) => written.includes(part.toLowerCase());
    for (const called of this.#called) {
      const { type, single, plural } = called.names;
      if (![type, single, plural].some(isIn)) continue;
      for (const [was, is] of this.#pairs(called)) if (was === name && is !== name && isThere(is)) return is;
    }
    return null;
  }

  /** Each name of the entity, and of keys by what their fields were called, with the one of today. */
  *#pairs({ entity, names, today }: Called): Generator<readonly [was: string, is: string]> {
    const now = namesOf(today);
    for (const [index, was] of namesOf(names).entries()) yield [was, now[index] ?? was];
    for (const key of entity.keys) {
      const [only] = key.fields;
      const former = this.#ofFields.get(`${entity.storageKey}.${only?.storageKey}`) ?? [];
      const called = key.fields.length === 1 ? former.map(({ name }) => name) : [];
      const { rootName, input } = deriveKeyNames(today, key.key);
      for (const one of [key.key, ...called]) {
        const was = deriveKeyNames(names, one);
        yield [was.rootName, rootName];
        yield [was.input, input];
      }
    }
  }
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
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
