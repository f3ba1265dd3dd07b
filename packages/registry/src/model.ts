import type { Alias, DeprecationDocument, EntityAlias } from './aliases/alias.ts';
import type { Choice, FieldOptions, FieldType } from './document.ts';
import type { Computed } from './formula/computation.ts';
import type { EntityAccess, Role } from './roles/role.ts';

/**
 * A tenant's design as frozen data, everything derived and filled in. It holds no tenant and no version: tenants of
 * one shape share one object. Made by `createRegistry` (from a document) and `loadRegistry` (from stored rows).
 */
export interface Registry {
  /** In the designer's order. */
  readonly entities: readonly Entity[];
  readonly entityByKey: ReadonlyMap<string, Entity>;
  /** By GraphQL type name: "OrderItem". Aliases, and the name behind them, are among them. */
  readonly entityByTypeName: ReadonlyMap<string, Entity>;
  /** By what `records.entity_type` holds. */
  readonly entityByStorageKey: ReadonlyMap<string, Entity>;
  /** Of the designer's own, in their order. */
  readonly roles: readonly Role[];
  /** Of a registry as a role sees it (`projectRegistry`): the one that it was made of; null for that one itself. */
  readonly whole: Registry | null;
  /** sha256 (hex) of what the SDL shows: names, labels, descriptions, types, nullability, choices, keys. */
  readonly apiShape: string;
  /** sha256 (hex) of what compiled SQL and validators depend on: storage keys, slots and their state, options, views. */
  readonly planShape: string;
}

export interface Entity {
  readonly key: string;
  readonly plural: string;
  readonly label: string;
  readonly description: string;
  /** Value of `records.entity_type`; never changes. */
  readonly storageKey: string;
  /** The generated view (in the Postgres schema `formwork_views`); named after its content, see `viewNameOf`. */
  readonly viewName: string;
  /** In GraphQL. While the entity has aliases its types keep the oldest names: only root fields can have two. */
  readonly names: EntityNames;
  /** Former names, the oldest first. */
  readonly aliases: readonly EntityAlias[];
  /** Null where it is not deprecated. */
  readonly deprecated: DeprecationDocument | null;
  /** Those that are served, in the designer's order. */
  readonly fields: readonly Field[];
  /** The same with those whose values are still being converted (`Conversion.state` filling), which nobody sees yet. */
  readonly allFields: readonly Field[];
  readonly fieldByKey: ReadonlyMap<string, Field>;
  /** By GraphQL field name: "monthlyRent". Aliases are among them. */
  readonly fieldByName: ReadonlyMap<string, Field>;
  readonly fieldByStorageKey: ReadonlyMap<string, Field>;
  readonly keys: readonly UniqueKey[];
  /** The ways back from entities that link here, in a fixed order. */
  readonly inverses: readonly Inverse[];
  readonly inverseByName: ReadonlyMap<string, Inverse>;
  readonly softDelete: boolean;
  /** Keys of searchable fields. */
  readonly searchable: readonly string[];
  /** What the role that the registry was projected for may do with the records; null: everything. */
  readonly access: EntityAccess | null;
}

/** Names in GraphQL, for entity `order_item` with plural `order_items`. */
export interface EntityNames {
  /** "OrderItem" */
  readonly type: string;
  /** "orderItem" */
  readonly single: string;
  /** "orderItems" */
  readonly plural: string;
}

export interface Field {
  readonly key: string;
  /** GraphQL name: "monthlyRent". */
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** Marked unique by itself; there is then a key of the same name in `Entity.keys`. */
  readonly unique: boolean;
  readonly indexed: boolean;
  /** In canonical form (a decimal as text, choices by key); undefined where there is none. See `copiedFrom`. */
  readonly default: unknown;
  /** With defaults filled in where the type has some; `inverse` of a link is always there, null for none. */
  readonly options: FieldOptions;
  /** Of a lookup or formula: how its values are made and what type they are of; null for other fields. */
  readonly computed: Computed | null;
  /** Choices of a select with labels filled in and their enum value names; empty for other types. A lookup has those of what it shows. */
  readonly choices: readonly NamedChoice[];
  /** Name of the value inside `records.data`, and of the view's column; never changes. */
  readonly storageKey: string;
  /** The typed column of `records` with this field's search key, or null where it has none. */
  readonly slot: Slot | null;
  /** Former names, the oldest first. */
  readonly aliases: readonly Alias[];
  /** Null where it is not deprecated. */
  readonly deprecated: DeprecationDocument | null;
  /** Of a field that takes the place of another, in another type; null for others. */
  readonly conversion: Conversion | null;
  /** Storage key of the field that takes this one's place, in another type, and is served; null where none does. */
  readonly replacedBy: string | null;
}

/** That a field has the values of another one in another type. */
export interface Conversion {
  /** Storage key of the other. */
  readonly from: string;
  /**
   * filling: every write fills it, records of before are filled by a job, nobody sees it yet; ready: both are served and
   * both are written, whichever is given; contracted: the other is gone, and cannot come back.
   */
  readonly state: 'filling' | 'ready' | 'contracted';
  readonly allowLoss: boolean;
}

export interface NamedChoice extends Required<Omit<Choice, 'deprecated'>> {
  readonly deprecated?: DeprecationDocument;
  /** Enum value: "IN_PROGRESS". */
  readonly name: string;
}

export interface Slot {
  /** "t1" … "t8" text, "n1" … "n8" float8, "d1" … "d8" timestamptz, "l1" … "l8" uuid, "u1" … "u4" unique text. */
  readonly column: string;
  /** While it fills, reads go the old way (through `data`), and a key that needs it is not served. */
  readonly state: 'filling' | 'ready';
}

export interface UniqueKey {
  readonly key: string;
  /** GraphQL name of the key, as in `airportByIata` and as a field of `AirportUniqueKey`: "iata", "byNumber". */
  readonly name: string;
  /** The root field: "airportByIata", "flightByNumber". */
  readonly rootName: string;
  readonly fields: readonly Field[];
  readonly nullsEqual: boolean;
  readonly caseInsensitive: boolean;
  readonly slot: Slot;
  /** Of a unique field: the field's. */
  readonly aliases: readonly Alias[];
}

/** The way back over a link: from `airport` to the flights whose `origin` it is. */
export interface Inverse {
  /** "departures" */
  readonly key: string;
  readonly name: string;
  /** Storage key of the entity that has the link. */
  readonly source: string;
  /** Storage key of the linking field on it. */
  readonly field: string;
}
