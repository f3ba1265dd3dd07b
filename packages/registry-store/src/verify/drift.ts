import type { Finding } from '../find-records.ts';

/** Something in the database that is not as the registry says it is. Names are keys of today, not storage keys. */
export interface Drift {
  readonly kind: DriftKind;
  /** Empty where it is about the registry. */
  readonly entity: string;
  /** Field, unique key or slot; empty where it is about the entity as a whole. Of a registry the place, as in a document. */
  readonly name: string;
  readonly count: number;
  /** Ids of at most five records; none where it is not about records. */
  readonly examples: readonly string[];
  readonly message: string;
}

export type DriftKind =
  /** The registry itself, which somebody has changed past its checks. */
  | 'registry'
  /** A value that is missing or of a wrong type or form. */
  | 'value'
  /** A search key that was not made of the value. */
  | 'slot'
  /** What is searched is not what the values say. */
  | 'search'
  /** Records that share a value which has to be unique. */
  | 'key'
  /** A link that leads nowhere, to a deleted record, or to one of another entity. */
  | 'link'
  /** A rollup or stored formula that is not what its source says. */
  | 'computed'
  /** A field and the one that takes its place in another type, of which neither is what the other comes to. */
  | 'conversion'
  /** A counter behind the numbers that it has given out. */
  | 'autonumber'
  /** What the triggers know of an entity, its link rules or its view. */
  | 'storage';

/** Nothing, or one drift, of what was found. */
export function driftOf(
  kind: DriftKind,
  entity: string,
  name: string,
  finding: Finding | null,
  message: string,
): readonly Drift[] {
  return finding === null ? [] : [{ kind, entity, name, ...finding, message }];
}
