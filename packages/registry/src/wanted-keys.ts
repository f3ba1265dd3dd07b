import type { DraftEntity, DraftKey } from './draft.ts';
import type { UniqueKey } from './model.ts';
import type { ProblemList } from './problem-list.ts';
import { quote } from './quote.ts';

/** A unique key that a document asks for, its parts by storage key. */
export interface WantedKey {
  readonly path: string;
  readonly key: string;
  readonly fields: readonly string[];
  readonly nullsEqual: boolean;
  readonly caseInsensitive: boolean;
}

/** Keys of the fields marked unique, in field order, then the keys of the entity's own list. */
export function wantedKeys(
  entity: DraftEntity,
  storageKeyOf: ReadonlyMap<string, string>,
): readonly WantedKey[] {
  const ofFields = entity.fields
    .filter((field) => field.document?.unique)
    .map(({ key, path, document }) => ({
      path: `${path}.unique`,
      key,
      fields: [storageKeyOf.get(key) ?? key],
      nullsEqual: false,
      caseInsensitive: document?.options?.caseInsensitive ?? false,
    }));
  return [...ofFields, ...entity.keys.map((key) => ofList(key, storageKeyOf))];
}

function ofList({ path, document }: DraftKey, storageKeyOf: ReadonlyMap<string, string>): WantedKey {
  const { key, fields, nullsEqual = false, caseInsensitive = false } = document;
  const parts = fields.map((field) => storageKeyOf.get(field) ?? field);
  return { path: `${path}.fields`, key, fields: parts, nullsEqual, caseInsensitive };
}

/** What makes a key the same as another, whatever it is called: it would hold the same text in its slot. */
export function keyId({ fields, nullsEqual, caseInsensitive }: Omit<WantedKey, 'path' | 'key'>): string {
  return JSON.stringify([fields, nullsEqual, caseInsensitive]);
}

/** The same of a key that is there today. */
export function keyIdOf(key: UniqueKey): string {
  return keyId({ ...key, fields: key.fields.map((field) => field.storageKey) });
}

/** Two keys over the same fields in the same order would only cost twice. */
export function checkDoubleKeys(keys: readonly WantedKey[], problems: ProblemList): void {
  const seen = new Map<string, string>();
  for (const wanted of keys) {
    const id = keyId(wanted);
    const other = seen.get(id);
    if (other !== undefined && other !== wanted.key) {
      const message = `The unique keys ${quote(other)} and ${quote(wanted.key)} are the same. Remove one.`;
      problems.add('KEY_DUPLICATE', wanted.path, message);
    }
    seen.set(id, wanted.key);
  }
}
