import { type Entity, type Field, type Registry, twinOf } from '@formwork/registry';
import { hasDefault } from '../validate/field-default.ts';
import { linksOf, targetOf } from '../validate/link-schema.ts';
import type { CheckedInput } from '../validate/validate-input.ts';
import type { InputPath } from '../validate/violation.ts';
import { type CopiedDefault, defaultsOf } from './default-values.ts';
import { encodeValue } from './encode-value.ts';
import { type LinkInput, type LinkReference, toReference } from './link-reference.ts';
import { uuidv7 } from './uuid.ts';

/** What a checked input comes down to: values as JSON text by storage key, and what has to be looked up. */
export interface WritePlan {
  readonly entity: Entity;
  /** Of the record: made here for a new one. */
  readonly id: string;
  readonly path: InputPath;
  readonly values: readonly PlannedValue[];
  /** Storage keys of values that are taken away. */
  readonly removed: readonly string[];
  readonly links: readonly PlannedLink[];
  readonly manyLinks: readonly PlannedManyLinks[];
  readonly copies: readonly CopiedDefault[];
}

/** A value as JSON text, and the key that it is stored under. */
export interface PlannedValue {
  readonly key: string;
  readonly text: string;
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

interface PlanRequest {
  readonly registry: Registry;
  readonly entity: Entity;
  readonly path: InputPath;
  readonly input: Pick<CheckedInput, 'input' | 'created'>;
}

/** The plan of a record that is to be: with defaults for what is not given. */
export function planCreate(request: PlanRequest): WritePlan {
  const { registry, entity, input } = request;
  const values: PlannedValue[] = [];
  const copies: CopiedDefault[] = [];
  for (const { field, constant, copied } of defaultsOf(registry, entity)) {
    if (isGiven(input, field)) continue;
    const twin = twinOf(entity, field);
    if (twin !== undefined && isGiven(input, twin)) continue;
    // Of two that are one value in two types, the default of the one of today makes the other.
    if (twin !== undefined && field.replacedBy !== null && hasDefault(twin)) continue;
    if (constant !== null) values.push(constant);
    if (copied !== null) copies.push(copied);
  }
  return planGiven(request, uuidv7(), values, copies);
}

function isGiven({ input: { values, cleared } }: PlanRequest['input'], { name }: Field): boolean {
  return Object.hasOwn(values, name) || cleared.has(name);
}

/** The plan of a change to a record: only what is given. */
export function planUpdate(request: PlanRequest, id: string): WritePlan {
  return planGiven(request, id, [], []);
}

function planGiven(
  request: PlanRequest,
  id: string,
  values: PlannedValue[],
  copies: readonly CopiedDefault[],
): WritePlan {
  const { entity, path, input } = request;
  const { values: given, cleared } = input.input;
  for (const name of Object.keys(given)) {
    const field = entity.fieldByName.get(name) as Field;
    if (field.type !== 'link' && field.type !== 'links')
      values.push({ key: field.storageKey, text: encodeValue(field, given[name]) });
  }
  const removed: string[] = [];
  for (const name of cleared) {
    const field = entity.fieldByName.get(name) as Field;
    if (field.type !== 'links') removed.push(field.storageKey);
  }
  const links: PlannedLink[] = [];
  const manyLinks: PlannedManyLinks[] = [];
  for (const field of linksOf(entity)) {
    if (!Object.hasOwn(given, field.name)) continue;
    const at = [...path, field.name];
    const value = given[field.name];
    if (field.type === 'link') links.push({ field, to: planTarget(request, field, at, value as LinkInput) });
    else manyLinks.push(planManyLinks(request, field, at, value as ManyLinksInput));
  }
  return { entity, id, path, values, removed, links, manyLinks, copies };
}

interface ManyLinksInput {
  readonly add?: readonly LinkInput[];
  readonly remove?: readonly LinkInput[];
  readonly set?: readonly LinkInput[];
}

/** `set` says what is to be there, `add` and `remove` then change that. */
function planManyLinks(
  request: PlanRequest,
  field: Field,
  path: InputPath,
  { add = [], remove = [], set }: ManyLinksInput,
): PlannedManyLinks {
  const targets = (name: string, inputs: readonly LinkInput[]) =>
    inputs.map((input, index) => planTarget(request, field, [...path, name, index], input));
  return {
    field,
    add: [...targets('set', set ?? []), ...targets('add', add)],
    remove: remove.map((input, index) =>
      toReference(request.registry, field, [...path, 'remove', index], input),
    ),
    replaces: set !== undefined,
  };
}

function planTarget(
  { registry, input }: PlanRequest,
  field: Field,
  path: InputPath,
  link: LinkInput,
): PlannedTarget {
  if (link.create === undefined) return { reference: toReference(registry, field, path, link) };
  const checked = input.created.get(link.create);
  if (checked === undefined) throw new Error(`What "${field.key}" creates has not been checked.`);
  const inside = [...path, 'create'];
  return {
    created: planCreate({ registry, entity: targetOf(registry, field), path: inside, input: checked }),
  };
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
