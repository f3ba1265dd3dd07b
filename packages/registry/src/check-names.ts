import type { Draft, DraftEntity } from './draft.ts';
import { groupBy } from './group-by.ts';
import type { ResolvedInverse } from './inverses.ts';
import type { EntityNames } from './model.ts';
import { NameClaims } from './name-claims.ts';
import {
  camelName,
  deriveAggregateField,
  deriveEntityNames,
  deriveEnumNames,
  deriveKeyNames,
  deriveRootNames,
  deriveTypeNames,
  proposePlural,
} from './names.ts';
import type { ProblemList } from './problem-list.ts';
import { quote } from './quote.ts';

/** Every GraphQL name of the registry is claimed once; a second claim and a reserved name are problems. */
export function checkNames(draft: Draft, inverses: readonly ResolvedInverse[], problems: ProblemList): void {
  const types = new NameClaims('type', problems);
  const roots = new NameClaims('root', problems);
  // Entities first: they are what a designer means, so what is derived gives way to them.
  const settled = draft.entities
    .filter((entity) => entity.named)
    .filter((entity) => claimOwnNames(entity, types, roots));
  for (const entity of settled) {
    const names = namesOf(entity);
    const who = `the entity ${quote(entity.key)}`;
    types.claimAll(Object.values(deriveTypeNames(names)), `${entity.path}.key`, who, 'is made for it');
    roots.claim(
      deriveRootNames(names).query.aggregate,
      pluralPath(entity),
      `the plural of ${who}`,
      'is made for it',
    );
    claimChoices(entity, names, types);
    claimKeys(entity, names, types, roots, problems);
  }
  const waysBack = groupBy(inverses, (inverse) => inverse.target);
  for (const entity of draft.entities) {
    checkFieldNames(entity, waysBack.get(entity.key) ?? [], problems);
  }
}

/** False where an entity's own names are taken: there is no use in telling that those derived from them are, too. */
function claimOwnNames(entity: DraftEntity, types: NameClaims, roots: NameClaims): boolean {
  const { type, single, plural } = namesOf(entity);
  const [path, who] = [`${entity.path}.key`, `the entity ${quote(entity.key)}`];
  return (
    types.claim(type, path, who, '') &&
    roots.claim(single, path, who, '') &&
    roots.claim(plural, pluralPath(entity), `the plural of ${who}`, '')
  );
}

function claimChoices(entity: DraftEntity, names: EntityNames, types: NameClaims): void {
  for (const { key, path, named, document } of entity.fields) {
    if (named && (document?.type === 'select' || document?.type === 'multi_select')) {
      const who = `the choices of ${quote(`${entity.key}.${key}`)}`;
      types.claimAll(Object.values(deriveEnumNames(names, key)), `${path}.key`, who, 'is made for them');
    }
  }
}

function claimKeys(
  entity: DraftEntity,
  names: EntityNames,
  types: NameClaims,
  roots: NameClaims,
  problems: ProblemList,
): void {
  const keys = new NameClaims('key', problems);
  const ofFields = entity.fields.filter((field) => field.named && field.document?.unique);
  const ofList = entity.keys
    .filter((key) => key.named)
    .map(({ path, document }) => ({ path, key: document.key }));
  for (const { key, path } of [...ofFields, ...ofList]) {
    const { name, rootName, input } = deriveKeyNames(names, key);
    const [at, who] = [`${path}.key`, `the unique key ${quote(`${entity.key}.${key}`)}`];
    if (keys.claim(name, at, who, '') && roots.claim(rootName, at, who, 'is made for it')) {
      types.claim(input, at, who, 'is made for it');
    }
  }
}

function checkFieldNames(
  entity: DraftEntity,
  inverses: readonly ResolvedInverse[],
  problems: ProblemList,
): void {
  const fields = new NameClaims('field', problems);
  const connections: { name: string; path: string; who: string }[] = [];
  for (const { key, path, document } of entity.fields.filter((field) => field.named)) {
    const [name, at, who] = [camelName(key), `${path}.key`, `the field ${quote(key)}`];
    const isFree = fields.claim(name, at, who, '');
    if (isFree && document?.type === 'links') connections.push({ name, path: at, who });
  }
  for (const { inverse, path, source, field } of inverses) {
    const who = `the way back from ${quote(`${source}.${field}`)} to ${quote(entity.key)}`;
    const [name, at] = [camelName(inverse), `${path}.options.inverse`];
    if (fields.claim(name, at, who, '')) connections.push({ name, path: at, who });
  }
  // What is derived comes last: it gives way to what the designer chose.
  for (const { name, path, who } of connections) {
    fields.claim(deriveAggregateField(name), path, who, 'is made for it');
  }
}

function namesOf({ key, document }: DraftEntity): EntityNames {
  return deriveEntityNames(key, document.plural ?? proposePlural(key));
}

function pluralPath({ path, document }: DraftEntity): string {
  return document.plural === undefined ? `${path}.key` : `${path}.plural`;
}
