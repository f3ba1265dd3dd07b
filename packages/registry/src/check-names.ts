import type { Draft, DraftEntity, DraftField } from './draft.ts';
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
import type { Steps } from './steps.ts';

/** Every GraphQL name of the registry is claimed once; a second claim and a reserved name are problems. */
export function* checkNames(
  draft: Draft,
  inverses: readonly ResolvedInverse[],
  problems: ProblemList,
): Steps<void> {
  const types = new NameClaims('type', problems);
  const roots = new NameClaims('root', problems);
  // Entities first: they are what a designer means, so what is derived gives way to them.
  const settled = draft.entities
    .filter((entity) => entity.named)
    .filter((entity) => claimOwnNames(entity, types, roots));
  for (const entity of settled) {
    for (const naming of namingsOf(entity)) {
      const { names, path, who } = naming;
      types.claimAll(Object.values(deriveTypeNames(names)), path, who, 'is made for it');
      const { aggregate } = deriveRootNames(names).query;
      roots.claim(aggregate, naming.pluralPath, `the plural of ${who}`, 'is made for it');
      claimChoices(entity, names, types);
      claimKeys(entity, names, types, roots, problems);
    }
    yield;
  }
  const waysBack = groupBy(inverses, (inverse) => inverse.target);
  for (const entity of draft.entities) {
    checkFieldNames(entity, waysBack.get(entity.key) ?? [], problems);
    yield;
  }
}

/** False where an entity's own names are taken: there is no use in telling that those derived from them are, too. */
function claimOwnNames(entity: DraftEntity, types: NameClaims, roots: NameClaims): boolean {
  return namingsOf(entity).every(
    ({ names: { type, single, plural }, path, pluralPath, who }) =>
      types.claim(type, path, who, '') &&
      roots.claim(single, path, who, '') &&
      roots.claim(plural, pluralPath, `the plural of ${who}`, ''),
  );
}

function claimChoices(entity: DraftEntity, names: EntityNames, types: NameClaims): void {
  for (const field of entity.fields) {
    const { key, named, document } = field;
    if (named && (document?.type === 'select' || document?.type === 'multi_select')) {
      for (const name of fieldNamings(field)) {
        const who = `the choices of ${quote(`${entity.key}.${key}`)}`;
        types.claimAll(Object.values(deriveEnumNames(names, name.key)), name.path, who, 'is made for them');
      }
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
  const ofFields = entity.fields
    .filter((field) => field.named && field.document?.unique)
    .flatMap(fieldNamings);
  const ofList = entity.keys
    .filter((key) => key.named)
    .map(({ path, document }) => ({ path: `${path}.key`, key: document.key }));
  for (const { key, path: at } of [...ofFields, ...ofList]) {
    const { name, rootName, input } = deriveKeyNames(names, key);
    const who = `the unique key ${quote(`${entity.key}.${key}`)}`;
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
  const named = entity.fields.filter((field) => field.named);
  // Names of today first: it is the alias that gives way.
  const namings = named.map((field) => fieldNamings(field).map((naming) => ({ ...naming, field })));
  const inOrder = [...namings.map(([own]) => own), ...namings.flatMap(([, ...aliases]) => aliases)];
  for (const { key, path, who, field } of inOrder.flatMap((one) => one ?? [])) {
    const name = camelName(key);
    const isFree = fields.claim(name, path, who, '');
    if (isFree && field.document?.type === 'links') connections.push({ name, path, who });
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

/** The names of an entity: those of today, then those that its aliases keep. */
function namingsOf({ path, key, document }: DraftEntity) {
  const own = {
    names: deriveEntityNames(key, document.plural ?? proposePlural(key)),
    path: `${path}.key`,
    pluralPath: document.plural === undefined ? `${path}.key` : `${path}.plural`,
    who: `the entity ${quote(key)}`,
  };
  const aliases = (document.aliases ?? []).map((alias, index) => ({
    names: deriveEntityNames(alias.key, alias.plural ?? proposePlural(alias.key)),
    path: `${path}.aliases[${index}].key`,
    pluralPath: `${path}.aliases[${index}].${alias.plural === undefined ? 'key' : 'plural'}`,
    who: `the alias ${quote(alias.key)} of the entity ${quote(key)}`,
  }));
  return [own, ...aliases];
}

/** The same of a field. */
function fieldNamings({ path, key, document }: DraftField) {
  const aliases = (document?.aliases ?? []).map((alias, index) => ({
    key: alias.key,
    path: `${path}.aliases[${index}].key`,
    who: `the alias ${quote(alias.key)} of the field ${quote(key)}`,
  }));
  return [{ key, path: `${path}.key`, who: `the field ${quote(key)}` }, ...aliases];
}
