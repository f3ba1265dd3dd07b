import type { AliasDocument, DeprecationDocument, EntityAliasDocument } from './aliases/alias.ts';
import type { RoleDocument } from './roles/role-document.ts';

/**
 * A registry as a designer writes it: what `formwork registry apply` takes and `formwork registry export` gives.
 * Everything optional has a default that {@link createRegistry} fills in.
 */
export interface RegistryDocument {
  /** Version of the format. */
  readonly formwork: 1;
  readonly $schema?: string;
  readonly entities: readonly EntityDocument[];
  /** Roles of the designer's own, beside the built-in ones. */
  readonly roles?: readonly RoleDocument[];
}

export interface EntityDocument {
  /** `^[a-z][a-z0-9_]*$`, at most 50 characters. */
  readonly key: string;
  /** Proposed from the key when absent. */
  readonly plural?: string;
  readonly label?: string;
  readonly description?: string;
  readonly fields: readonly FieldDocument[];
  readonly keys?: readonly KeyDocument[];
  /** Deleted records are kept and can be restored. */
  readonly softDelete?: boolean;
  /** Keys of the text fields that `search:` looks into; what is found in the first weighs most. */
  readonly searchable?: readonly string[];
  /** Former names, which are served as deprecated until they are dropped; the oldest first. */
  readonly aliases?: readonly EntityAliasDocument[];
  readonly deprecated?: DeprecationDocument;
}

export interface FieldDocument {
  readonly key: string;
  readonly label?: string;
  readonly description?: string;
  readonly type: FieldType;
  readonly required?: boolean;
  readonly unique?: boolean;
  readonly indexed?: boolean;
  /** A value, or `{ "from": "product.price" }`: copied once through a link when the record is created. */
  readonly default?: unknown;
  readonly options?: FieldOptions;
  /** Former names, which are served as deprecated until they are dropped; the oldest first. */
  readonly aliases?: readonly AliasDocument[];
  readonly deprecated?: DeprecationDocument;
  /** The field of the entity that this one takes the place of, in another type: both are written until that is removed. */
  readonly convertedFrom?: ConvertedFromDocument;
}

/** Where the values of a field come from while its type changes; see docs/evolving-a-schema.md. */
export interface ConvertedFromDocument {
  /** Key of the other field. */
  readonly field: string;
  /** Values may lose what the new type has no place for: a fraction, a time of day, a currency. */
  readonly allowLoss?: boolean;
}

/** A unique key over one or several fields of the entity. */
export interface KeyDocument {
  readonly key: string;
  readonly fields: readonly string[];
  /** A null in any part means "not checked", unless this is set. */
  readonly nullsEqual?: boolean;
  readonly caseInsensitive?: boolean;
}

export const fieldTypes = [
  'text',
  'long_text',
  'email',
  'url',
  'phone',
  'integer',
  'number',
  'decimal',
  'currency',
  'percent',
  'rating',
  'boolean',
  'date',
  'datetime',
  'time',
  'duration',
  'select',
  'multi_select',
  'json',
  'autonumber',
  'link',
  'links',
  'rollup',
  'lookup',
  'formula',
] as const;

export type FieldType = (typeof fieldTypes)[number];

/** Options of all types in one bag; `checkDocument` refuses those that a type does not have. */
export interface FieldOptions {
  /** Inclusive bounds: numbers as numbers, decimals as text, dates as ISO text. */
  readonly min?: number | string;
  readonly max?: number | string;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression that cannot run for ever: checked when it is registered. */
  readonly pattern?: string;
  readonly caseInsensitive?: boolean;
  /** decimal, currency: digits after the point, at most 20. */
  readonly scale?: number;
  /** decimal, currency: digits in all, at most 38. */
  readonly precision?: number;
  /** currency: the ISO 4217 codes allowed. */
  readonly currencies?: readonly string[];
  readonly choices?: readonly Choice[];
  /** select: keys of the choices a new record may have. */
  readonly initial?: readonly string[];
  /** select: from each choice, the choices that may follow. */
  readonly transitions?: Readonly<Record<string, readonly string[]>>;
  /** link, links: key of the entity linked to. */
  readonly target?: string;
  /** link, links: key of the field on the target that leads back; proposed when absent, null for none. */
  readonly inverse?: string | null;
  readonly onDelete?: 'restrict' | 'cascade' | 'set_null';
  /** rating: the highest value, default 5. */
  readonly highest?: number;
  /** lookup: key of the link that is followed; rollup: key of the way to many that is rolled up, back or forth. */
  readonly via?: string;
  /** lookup, rollup: key of the field there; a count has none. */
  readonly field?: string;
  /** rollup */
  readonly function?: RollupFunction;
  /** rollup: a condition in the language of formulas on the records there; those that fulfil it count. */
  readonly filter?: string;
  /** formula */
  readonly expression?: string;
  /** formula: computed when the record is written and kept; it reads nothing but the record's own values then. */
  readonly stored?: boolean;
}

/** What a rollup makes of the records that it rolls up. */
export const rollupFunctions = ['count', 'sum', 'min', 'max', 'avg'] as const;
export type RollupFunction = (typeof rollupFunctions)[number];

export interface Choice {
  readonly key: string;
  readonly label?: string;
  readonly description?: string;
  readonly deprecated?: DeprecationDocument;
}
