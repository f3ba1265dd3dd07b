import { copiedFrom, type Entity, type Field, type Registry, twinOf } from '@formwork/registry';
import { hasDefault, isCopied } from '../validate/field-default.ts';
import { targetOf } from '../validate/link-schema.ts';
import { type PreparedInput, prepareInput, prepareValue } from '../validate/prepare-input.ts';
import type { InputPath } from '../validate/violation.ts';
import { encodeValue } from './encode-value.ts';
import { type LinkInput, type LinkReference, toReference } from './link-reference.ts';
import { uuidv7 } from './uuid.ts';

/** What a checked input comes down to: values as JSON text by storage key, and what has to be looked up. */
export interface WritePlan {
  readonly entity: Entity;
  /** Of the record: made here for a new one. */
  readonly id: string;
  readonly path: InputPath;
  readonly values: ReadonlyMap<string, string>;
  /** Storage keys of values that are taken away. */
  readonly removed: readonly string[];
  readonly links: readonly PlannedLink[];
  readonly manyLinks: readonly PlannedManyLinks[];
  readonly copies: readonly CopiedDefault[];
}

/** Where a link leads: to a record that is named, or to one that is created with this one. */
export type PlannedTarget = { readonly reference: LinkReference } | { readonly created: WritePlan };

export interface PlannedLink {
  readonly field: Field;
  readonly to: PlannedTarget;
}

export interface PlannedManyLinks {
  readonly field: Field;
  readonly add: readonly PlannedTarget[];
  readonly remove: readonly LinkReference[];
  /** Whether `add` is all there is to be. */
  readonly replaces: boolean;
}

/** A default that is copied once through a link when the record is created: `{ "from": "product.price" }`. */
export interface CopiedDefault {
  /** Storage keys: of the value, of the link on this record, of the value on the other. */
  readonly to: string;
  readonly link: string;
  readonly from: string;
}

interface PlanRequest {
  readonly registry: Registry;
  readonly entity: Entity;
  readonly path: InputPath;
  readonly input: PreparedInput;
}

/** The plan of a record that is to be: with defaults for what is not given. */
export function planCreate(request: PlanRequest): WritePlan {
  const { registry, entity, input } = request;
  const isAbsent = ({ name }: Field) => !Object.hasOwn(input.values, name) && !input.cleared.has(name);
  const absent = defaultsOf(entity).filter((field) => {
    const twin = twinOf(entity, field);
    if (!isAbsent(field) || (twin && !isAbsent(twin))) return false;
    // Of two that are one value in two types, the default of the one of today makes the other.
    return field.replacedBy === null || !twin || !hasDefault(twin);
  });
  const plan = planGiven(request, uuidv7(), new Map(absent.flatMap((field) => constantOf(registry, field))));
  // There is nothing yet that could be replaced.
  const manyLinks = plan.manyLinks.map((change) => ({ ...change, replaces: false }));
  const copies = absent.filter(isCopied).map((field) => copiedDefault(registry, entity, field));
  return { ...plan, manyLinks, copies };
}

const fieldsWithDefault = new WeakMap<Entity, readonly Field[]>();

function defaultsOf(entity: Entity): readonly Field[] {
  const known = fieldsWithDefault.get(entity);
  if (known !== undefined) return known;
  const fields = entity.fields.filter(hasDefault);
  fieldsWithDefault.set(entity, fields);
  return fields;
}

/** A default that is the same for every record, as it stands in `data`. */
function constantOf(registry: Registry, field: Field): [string, string][] {
  if (isCopied(field)) return [];
  return [[field.storageKey, encodeValue(field, prepareValue(registry, field, field.default))]];
}

/** The plan of a change to a record: only what is given. */
export function planUpdate(request: PlanRequest, id: string): WritePlan {
  return planGiven(request, id, new Map());
}

function planGiven(
  { registry, entity, path, input }: PlanRequest,
  id: string,
  values: Map<string, string>,
): WritePlan {
  const removed: string[] = [];
  const links: PlannedLink[] = [];
  const manyLinks: PlannedManyLinks[] = [];
  for (const field of entity.fields) {
    if (input.cleared.has(field.name) && field.type !== 'links') removed.push(field.storageKey);
    if (!Object.hasOwn(input.values, field.name)) continue;
    const value = input.values[field.name];
    if (field.type === 'link')
      links.push({ field, to: planTarget(registry, field, [...path, field.name], value as LinkInput) });
    else if (field.type === 'links')
      manyLinks.push(planManyLinks(registry, field, [...path, field.name], value as ManyLinksInput));
    else values.set(field.storageKey, encodeValue(field, value));
  }
  return { entity, id, path, values, removed, links, manyLinks, copies: [] };
}

interface ManyLinksInput {
  readonly add?: readonly LinkInput[];
  readonly remove?: readonly LinkInput[];
  readonly set?: readonly LinkInput[];
}

/** `set` says what is to be there, `add` and `remove` then change that. */
function planManyLinks(
  registry: Registry,
  field: Field,
  path: InputPath,
  { add = [], remove = [], set }: ManyLinksInput,
): PlannedManyLinks {
  const targets = (name: string, inputs: readonly LinkInput[]) =>
    inputs.map((input, index) => planTarget(registry, field, [...path, name, index], input));
  return {
    field,
    add: [...targets('set', set ?? []), ...targets('add', add)],
    remove: remove.map((input, index) => toReference(registry, field, [...path, 'remove', index], input)),
    replaces: set !== undefined,
  };
}

function planTarget(registry: Registry, field: Field, path: InputPath, input: LinkInput): PlannedTarget {
  if (input.create === undefined) return { reference: toReference(registry, field, path, input) };
  const entity = targetOf(registry, field);
  const inside = [...path, 'create'];
  // Checked together with what it stands in, so nothing is left to report.
  const prepared = prepareInput(registry, entity, inside, input.create, () => {});
  return { created: planCreate({ registry, entity, path: inside, input: prepared }) };
}

function copiedDefault(registry: Registry, entity: Entity, field: Field): CopiedDefault {
  const from = copiedFrom(field.type, field.default);
  const link = entity.fieldByKey.get(from?.link ?? '');
  const source = link && targetOf(registry, link).fieldByKey.get(from?.field ?? '');
  if (link === undefined || source === undefined)
    throw new Error(`There is nothing to copy "${field.key}" from.`);
  return { to: field.storageKey, link: link.storageKey, from: source.storageKey };
}

/** Plans with those of the records that they create, these first: a default may be copied from them. */
export function withCreated(plans: readonly WritePlan[]): readonly WritePlan[] {
  if (plans.every(({ links, manyLinks }) => manyLinks.length === 0 && !links.some(isCreated))) return plans;
  return plans.flatMap((plan) => [...withCreated(createdBy(plan)), plan]);
}

function isCreated({ to }: PlannedLink): boolean {
  return 'created' in to;
}

/** Plans of the records that a plan creates through its links. */
export function createdBy({ links, manyLinks }: WritePlan): WritePlan[] {
  const targets = [...links.map(({ to }) => to), ...manyLinks.flatMap(({ add }) => add)];
  return targets.flatMap((target) => ('created' in target ? [target.created] : []));
}
