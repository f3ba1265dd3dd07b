import type { Choice, FieldDocument, FieldOptions, FieldType, KeyDocument } from '../document.ts';
import type { RoleDocument } from '../roles/role-document.ts';

/** Arguments as GraphQL hands them over: what is not given may be null. */
type Optional<T> = { readonly [Name in keyof T]?: T[Name] | null };

export interface EntityPlace {
  readonly entity: string;
}

export interface FieldPlace extends EntityPlace {
  readonly field: string;
}

export interface ChoicePlace extends FieldPlace {
  readonly choice: string;
}

export interface KeyPlace extends EntityPlace {
  readonly key: string;
}

interface Prose {
  readonly label: string;
  readonly description: string;
}

/** Why something goes, and what comes in its place. Without a reason it is deprecated no more. */
type Deprecation = Optional<{ readonly reason: string; readonly replacement: string }>;

/** The old name stays as a deprecated alias, unless it is said not to; `force`: although somebody has used it lately. */
type Rename = { readonly to: string } & Optional<{ readonly keepAlias: boolean; readonly force: boolean }>;

/** What nobody was warned of is removed only by force. */
type Removal = Optional<{ readonly force: boolean }>;

type NewField = Pick<FieldDocument, 'key' | 'type'> &
  Optional<Omit<FieldDocument, 'key' | 'type' | 'aliases' | 'deprecated'>>;

type NewKey = Pick<KeyDocument, 'key' | 'fields'> & Optional<Omit<KeyDocument, 'key' | 'fields'>>;

/** Arguments of each kind of change. Things are called as they are called at that place of the list. */
export interface ChangeKinds {
  readonly createEntity: { readonly key: string; readonly fields: readonly NewField[] } & Optional<
    Prose & {
      readonly plural: string;
      readonly keys: readonly NewKey[];
      readonly softDelete: boolean;
      readonly searchable: readonly string[];
    }
  >;
  readonly renameEntity: EntityPlace & Rename & Optional<{ readonly plural: string }>;
  readonly relabelEntity: EntityPlace & Optional<Prose>;
  readonly deprecateEntity: EntityPlace & Deprecation;
  readonly removeEntity: EntityPlace & Removal;
  readonly changeEntity: EntityPlace &
    Optional<{ readonly softDelete: boolean; readonly searchable: readonly string[] }>;
  readonly reorderEntities: { readonly order: readonly string[] };

  readonly addField: EntityPlace & { readonly field: NewField } & Optional<{ readonly after: string }>;
  readonly renameField: FieldPlace & Rename;
  readonly relabelField: FieldPlace & Optional<Prose>;
  readonly deprecateField: FieldPlace & Deprecation;
  readonly removeField: FieldPlace & Removal;
  readonly changeField: FieldPlace &
    Optional<{ readonly required: boolean; readonly unique: boolean }> & {
      /** Null takes the default away. */
      readonly default?: unknown;
      /** Those that are named are replaced; null takes one away. */
      readonly options?: FieldOptions | null;
    };
  readonly indexField: FieldPlace;
  readonly unindexField: FieldPlace;
  /**
   * Where there are records, a field of the type is put beside this one under `newKey` ("<field>_<type>"), filled from it, and
   * served once all of them are; the old one goes with `removeField`. Where there are none the field changes in its place,
   * unless `newKey` is given.
   */
  readonly changeType: FieldPlace & { readonly type: FieldType } & Optional<{
      readonly options: FieldOptions;
      readonly newKey: string;
      /** What the new type has no place for is left out: fractions, times of day. */
      readonly allowLoss: boolean;
    }>;
  readonly changeLink: FieldPlace &
    Optional<{ readonly target: string; readonly onDelete: 'restrict' | 'cascade' | 'set_null' }> & {
      /** Null: there is no way back. */
      readonly inverse?: string | null;
    };
  readonly reorderFields: EntityPlace & { readonly order: readonly string[] };

  readonly addChoice: FieldPlace & { readonly choice: Choice } & Optional<{ readonly after: string }>;
  readonly relabelChoice: ChoicePlace & Optional<Prose>;
  readonly deprecateChoice: ChoicePlace & Deprecation;
  readonly removeChoice: ChoicePlace;
  readonly reorderChoices: FieldPlace & { readonly order: readonly string[] };
  readonly setTransitions: FieldPlace & {
    /** Null: any choice. */
    readonly initial?: readonly string[] | null;
    /** Null: from any choice to any. */
    readonly transitions?: Readonly<Record<string, readonly string[]>> | null;
  };

  readonly addKey: EntityPlace & { readonly key: NewKey };
  readonly changeKey: KeyPlace &
    Optional<{
      readonly fields: readonly string[];
      readonly nullsEqual: boolean;
      readonly caseInsensitive: boolean;
    }>;
  readonly dropKey: KeyPlace;

  readonly dropAlias: EntityPlace & { readonly alias: string } & Optional<{
      readonly field: string;
      /** Although somebody has used it lately. */
      readonly force: boolean;
    }>;

  /** In the place of the one with its key. */
  readonly setRole: { readonly role: RoleDocument };
  readonly removeRole: { readonly role: string };
}

export type ChangeKind = keyof ChangeKinds;

/** One change: an object with the one kind that it is. */
export type Change = { readonly [Kind in ChangeKind]: { readonly [K in Kind]: ChangeKinds[K] } }[ChangeKind];
