import {
  deriveEnumNames,
  deriveKeyNames,
  deriveTypeNames,
  type Entity,
  type Registry,
} from '@formwork/registry';
import { specifiedScalarTypes } from 'graphql';
import { sharedTypeNames } from './shared-types.ts';

/** Of every design. */
const common: ReadonlySet<string> = new Set([
  'Query',
  'Mutation',
  ...specifiedScalarTypes.map(({ name }) => name),
  ...sharedTypeNames,
]);

/**
 * Whether a type of the schema may be called that: that it is there is known only once it was made. What cannot be need
 * not be looked for, which has all types made.
 */
export function mayBeType({ entities }: Registry, name: string): boolean {
  if (common.has(name)) return true;
  return entities.some((entity) => isAbout(entity, name) && typeNamesOf(entity).includes(name));
}

/** To compare a name with more takes longer than an error may. */
const mostNames = 2_000;

/** Names that types may have, to be compared with one that none has: those of the entity that it is about, then others. */
export function namesNear({ entities }: Registry, name: string): readonly string[] {
  const near = entities.filter((entity) => isAbout(entity, name));
  const names = [...common, ...entities.map((entity) => entity.names.type)];
  for (const entity of [...near, ...entities]) {
    if (names.length >= mostNames) break;
    names.push(...typeNamesOf(entity));
  }
  return names;
}

function isAbout({ names }: Entity, name: string): boolean {
  return name.includes(names.type) || name.toLowerCase().startsWith(names.plural.toLowerCase());
}

function typeNamesOf({ names, fields, keys }: Entity): readonly string[] {
  return [
    names.type,
    ...Object.values(deriveTypeNames(names)),
    ...fields
      .filter(({ choices }) => choices.length > 0)
      .flatMap(({ key }) => Object.values(deriveEnumNames(names, key))),
    ...keys.flatMap((key) => [key, ...key.aliases].map((one) => deriveKeyNames(names, one.key).input)),
  ];
}
