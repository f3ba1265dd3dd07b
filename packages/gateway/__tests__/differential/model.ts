import type { Entity, Field, Registry } from '@formwork/registry';
import { formulas } from './formulas.ts';

/** Records in memory, as they stand in the table; what the naive answers are made of. */
export interface NaiveRecord {
  readonly typeName: string;
  readonly id: string;
  readonly version: number;
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly updatedAt: string;
  readonly updatedBy: string | null;
  /** By field name, null where there is none: decimals as text, choices by enum name, links to one as ids. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Ids behind links to many, by field name. */
  readonly links: Readonly<Record<string, readonly string[]>>;
}

export type Kind =
  | 'id'
  | 'text'
  | 'int'
  | 'float'
  | 'decimal'
  | 'money'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'time'
  | 'duration'
  | 'select'
  | 'multi_select'
  | 'json'
  | 'link';

/** What a field of a record is, system fields included. */
export interface FieldInfo {
  readonly name: string;
  readonly kind: Kind;
  /** Enum names in the designer's order. */
  readonly choices: readonly string[];
  /** Type name of the target of a link to one. */
  readonly target: string | null;
}

/** A field that leads to many records. */
export interface ManyInfo {
  readonly name: string;
  readonly target: string;
  readonly of: (record: NaiveRecord) => readonly NaiveRecord[];
}

const kinds: Readonly<Record<string, Kind>> = {
  long_text: 'text',
  email: 'text',
  url: 'text',
  phone: 'text',
  integer: 'int',
  rating: 'int',
  autonumber: 'int',
  number: 'float',
  percent: 'float',
  currency: 'money',
};

const systemFields: readonly FieldInfo[] = [
  ...(['createdAt', 'updatedAt'] as const).map((name) => ({ name, kind: 'datetime' as const })),
  { name: 'id', kind: 'id' as const },
  { name: 'version', kind: 'int' as const },
].map((field) => ({ ...field, choices: [], target: null }));

export class Model {
  readonly registry: Registry;
  readonly #byId: ReadonlyMap<string, NaiveRecord>;
  readonly #fields = new Map<string, ReadonlyMap<string, FieldInfo>>();
  readonly #many = new Map<string, ReadonlyMap<string, ManyInfo>>();

  constructor(registry: Registry, records: readonly NaiveRecord[]) {
    this.registry = registry;
    this.#byId = new Map(records.map((record) => [record.id, record]));
    for (const entity of registry.entities) {
      const own = entity.fields
        .filter(({ type }) => type !== 'links')
        .map((field) => this.#fieldInfo(entity, field));
      const known = [...systemFields, ...own].map((field) => [field.name, field] as const);
      this.#fields.set(entity.names.type, new Map(known));
      this.#many.set(entity.names.type, new Map(this.#manyOf(entity).map((many) => [many.name, many])));
    }
  }

  all(typeName: string): readonly NaiveRecord[] {
    return [...this.#byId.values()].filter((record) => record.typeName === typeName);
  }

  get(id: unknown): NaiveRecord | null {
    return this.#byId.get(String(id).toLowerCase()) ?? null;
  }

  fields(typeName: string): ReadonlyMap<string, FieldInfo> {
    return this.#fields.get(typeName) ?? new Map();
  }

  field(typeName: string, name: string): FieldInfo | null {
    return this.fields(typeName).get(name) ?? null;
  }

  many(typeName: string, name: string): ManyInfo | null {
    return this.#many.get(typeName)?.get(name) ?? null;
  }

  /** The value of a field, computed ones included; null where there is none. */
  value(record: NaiveRecord, name: string): unknown {
    const entity = this.registry.entityByTypeName.get(record.typeName);
    const field = entity?.fieldByName.get(name);
    if (field?.type === 'lookup') {
      const via = entity?.fieldByKey.get(field.options.via ?? '');
      const linked = this.get(record.values[via?.name ?? '']);
      const target = this.registry.entityByTypeName.get(linked?.typeName ?? '');
      const shown = target?.fieldByKey.get(field.options.field ?? '');
      return linked && shown ? this.value(linked, shown.name) : null;
    }
    if (field?.type === 'formula') {
      const formula = formulas[field.key];
      if (formula === undefined) throw new Error(`The model has no formula "${field.key}"`);
      return formula((path) => this.#follow(record, path));
    }
    if (field !== undefined) return record.values[name] ?? null;
    return record[name as 'id'] ?? null;
  }

  #follow(record: NaiveRecord, [name = '', ...rest]: readonly string[]): unknown {
    const value = this.value(record, name);
    if (rest.length === 0) return value;
    const linked = this.get(value);
    return linked && this.#follow(linked, rest);
  }

  #fieldInfo(entity: Entity, field: Field): FieldInfo {
    if (field.type === 'link') {
      const target = this.registry.entityByKey.get(field.options.target ?? '')?.names.type ?? '';
      return { name: field.name, kind: 'link', choices: [], target };
    }
    const shown = this.#shown(entity, field);
    const type = shown.type === 'formula' ? (shown.computed?.type ?? '') : shown.type;
    const choices = shown.choices.map(({ name }) => name);
    return { name: field.name, kind: kinds[type] ?? (type as Kind), choices, target: null };
  }

  /** The field that a lookup shows in the end. */
  #shown(entity: Entity, field: Field): Field {
    if (field.type !== 'lookup') return field;
    const via = entity.fieldByKey.get(field.options.via ?? '');
    const target = this.registry.entityByKey.get(via?.options.target ?? '');
    const shown = target?.fieldByKey.get(field.options.field ?? '');
    if (target === undefined || shown === undefined) throw new Error(`"${field.key}" shows nothing`);
    return this.#shown(target, shown);
  }

  #manyOf(entity: Entity): readonly ManyInfo[] {
    const own = entity.fields
      .filter(({ type }) => type === 'links')
      .map((field) => ({
        name: field.name,
        target: this.registry.entityByKey.get(field.options.target ?? '')?.names.type ?? '',
        of: (record: NaiveRecord) => this.#found(record.links[field.name] ?? []),
      }));
    const back = entity.inverses.map((inverse) => {
      const source = this.registry.entityByStorageKey.get(inverse.source);
      const field = source?.fieldByStorageKey.get(inverse.field);
      const [target, name] = [source?.names.type ?? '', field?.name ?? ''];
      const leadsTo = (from: NaiveRecord, { id }: NaiveRecord) =>
        field?.type === 'links' ? (from.links[name] ?? []).includes(id) : from.values[name] === id;
      return {
        name: inverse.name,
        target,
        of: (record: NaiveRecord) => this.all(target).filter((from) => leadsTo(from, record)),
      };
    });
    return [...own, ...back];
  }

  #found(ids: readonly string[]): readonly NaiveRecord[] {
    return ids.map((id) => this.get(id)).filter((record) => record !== null);
  }
}
