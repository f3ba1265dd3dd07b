import { systemColumns } from './columns.ts';

/** Storage keys that were ever in use, so that what is stored under them is never taken for something else. */
export interface RetiredKeys {
  readonly entities: ReadonlySet<string>;
  /** By storage key of the entity. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Gives out storage keys: the key itself where it is free, else "key_2", "key_3" … */
export class StorageKeys {
  readonly #taken: Set<string>;

  constructor(...taken: readonly Iterable<string>[]) {
    this.#taken = new Set(taken.flatMap((keys) => [...keys]));
  }

  take(key: string): string {
    let storageKey = key;
    for (let number = 2; this.#taken.has(storageKey); number++) {
      storageKey = `${key}_${number}`;
    }
    this.#taken.add(storageKey);
    return storageKey;
  }
}

/** The columns that every view has are never given to a field. */
export function fieldStorageKeys(...taken: readonly Iterable<string>[]): StorageKeys {
  return new StorageKeys(systemColumns, ...taken);
}
