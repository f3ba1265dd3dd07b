import type { Values } from '../contract.ts';
import { isPlainObject } from './plain-object.ts';
import type { InputPath } from './violation.ts';

/** Inputs of the records that a link creates, or those of a list of links, each with its path. */
export function createdIn(value: unknown, path: InputPath): readonly (readonly [Values, InputPath])[] {
  if (!isPlainObject(value) || !mayCreate(value)) return nothing;
  return linkInputs(value, path).flatMap(([link, at]) => {
    const create = link['create'];
    return isPlainObject(create) ? [[create, [...at, 'create']] as const] : [];
  });
}

const nothing: readonly never[] = [];

/** A link by id or by key creates nothing. */
function mayCreate(link: Values): boolean {
  return lists.some((name) => link[name] !== undefined) || link['create'] !== undefined;
}

const lists = ['add', 'remove', 'set'];

/** The link inputs inside a value, each with its path: of a link itself, of links those in its lists. */
function linkInputs(value: Values, path: InputPath): [Values, InputPath][] {
  const inLists = lists.flatMap((name): [unknown, InputPath][] => {
    const list = value[name];
    return Array.isArray(list) ? list.map((item, index) => [item, [...path, name, index]]) : [];
  });
  return [[value, path] as [unknown, InputPath], ...inLists].filter((entry): entry is [Values, InputPath] =>
    isPlainObject(entry[0]),
  );
}
