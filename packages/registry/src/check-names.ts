import type { Draft, DraftEntity } from './draft.ts';
import { groupBy } from './group-by.ts';
import type { ResolvedInverse } from './inverses.ts';
import type { EntityNames } from './model.ts';
import {
  camelName,
  deriveEntityNames,
  deriveEnumNames,
  deriveKeyNames,
  deriveRootNames,
  deriveTypeNames,
  proposePlural,
} from './names.ts';
import type { ProblemList } from './problem-list.ts';
import { quote } from './quote.ts';
import { isReservedName } from './reserved-names.ts';

/** Every GraphQL name of the registry is claimed once; a second claim and a reserved name are problems. */
export function checkNames(draft: Draft, inverses: readonly ResolvedInverse[], problems: ProblemList): void {
  const named = draft.entities
    .filter((entity) => entity.named)
    .map((entity) => ({
      entity,
      names: namesOf(entity),
      path: entity.path,
      who: `the entity ${quote(entity.key)}`,
    }));
  const types = new Claims('type', problems);
  const roots = new Claims('root', problems);
  const waysBack = groupBy(inverses, (inverse) => inverse.target);
  // Entities first: they are what a designer means, so what is derived gives way to them.
  for (const { entity, names, path, who } of named) {
    types.claim(names.type, `${path}.key`, who, '');
    roots.claim(names.single, `${path}.key`, who, '');
    roots.claim(names.plural, pluralPath(entity), `the plural of ${who}`, '');
  }
  for (const { entity, names, path, who } of named) {
    for (const name of Object.values(deriveTypeNames(names))) {
      types.claim(name, `${path}.key`, who, 'is made for it');
    }
    roots.claim(
      deriveRootNames(names).query.aggregate,
      pluralPath(entity),
      `the plural of ${who}`,
      'is made for it',
    );
    checkEntityNames(entity, names, types, roots, problems);
  }
  for (const entity of draft.entities) {
    checkFieldNames(entity, waysBack.get(entity.key) ?? [], problems);
  }
}

function checkEntityNames(
  entity: DraftEntity,
  names: EntityNames,
  types: Claims,
  roots: Claims,
  problems: ProblemList,
): void {
  const keys = new Claims('key', problems);
  for (const { key, path, named, document } of entity.fields) {
    if (named && (document?.type === 'select' || document?.type === 'multi_select')) {
      for (const name of Object.values(deriveEnumNames(names, key))) {
        types.claim(
          name,
          `${path}.key`,
          `the choices of ${quote(`${entity.key}.${key}`)}`,
          'is made for them',
        );
      }
    }
    if (named && document?.unique) {
      claimKey(key, path);
    }
  }
  for (const { document, path, named } of entity.keys.filter((key) => key.named)) {
    if (named) {
      claimKey(document.key, path);
    }
  }

  function claimKey(key: string, path: string): void {
    const { name, rootName, input } = deriveKeyNames(names, key);
    const who = `the unique key ${quote(`${entity.key}.${key}`)}`;
    keys.claim(name, `${path}.key`, who, '');
    roots.claim(rootName, `${path}.key`, who, 'is made for it');
    types.claim(input, `${path}.key`, who, 'is made for it');
  }
}

function checkFieldNames(
  entity: DraftEntity,
  inverses: readonly ResolvedInverse[],
  problems: ProblemList,
): void {
  const fields = new Claims('field', problems);
  for (const { key, path } of entity.fields.filter((field) => field.named)) {
    fields.claim(camelName(key), `${path}.key`, `the field ${quote(key)}`, '');
  }
  for (const { inverse, path, source, field } of inverses) {
    const who = `the way back from ${quote(`${source}.${field}`)} to ${quote(entity.key)}`;
    fields.claim(camelName(inverse), `${path}.options.inverse`, who, '');
  }
}

function namesOf({ key, document }: DraftEntity): EntityNames {
  return deriveEntityNames(key, document.plural ?? proposePlural(key));
}

function pluralPath({ path, document }: DraftEntity): string {
  return document.plural === undefined ? `${path}.key` : `${path}.plural`;
}

/** Who has which name in one space of names. */
class Claims {
  readonly #owners = new Map<string, string>();
  readonly #kind: 'type' | 'field' | 'root' | 'key';
  readonly #problems: ProblemList;

  constructor(kind: 'type' | 'field' | 'root' | 'key', problems: ProblemList) {
    this.#kind = kind;
    this.#problems = problems;
  }

  /** `why`: how the name comes to be, where the designer did not choose it ("is made for it"). */
  claim(name: string, path: string, who: string, why: string): void {
    const what = `${spaces[this.#kind]} "${name}"`;
    const made = why === '' ? '' : `, which ${why},`;
    const owner = this.#owners.get(name);
    if (isReservedName(this.#kind, name)) {
      const message = `The ${what} of ${who} is reserved. Choose another ${advice(path)}.`;
      this.#problems.add('NAME_RESERVED', path, message);
    } else if (owner !== undefined) {
      const message = `The ${what} of ${who}${made} is already taken by ${owner}. Choose another ${advice(path)}.`;
      this.#problems.add('NAME_COLLISION', path, message);
    } else {
      this.#owners.set(name, who);
    }
  }
}

const spaces = {
  type: 'GraphQL type',
  field: 'GraphQL field',
  root: 'root field',
  key: 'GraphQL name',
} as const;

function advice(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
