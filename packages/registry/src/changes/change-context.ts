import { didYouMean } from '../did-you-mean.ts';
import type { FieldDocument } from '../document.ts';
import type { Problem } from '../problem.ts';
import type { ProblemList } from '../problem-list.ts';
import { quote } from '../quote.ts';
import { type ChangeLog, nameOf } from './change-log.ts';
import type {
  WorkingDocument,
  WorkingEntity,
  WorkingField,
  WorkingKey,
  WorkingThing,
} from './working-document.ts';

/** Something that is taken out, and is checked for what needs it when the list is done. */
export interface Removed {
  readonly index: number;
  readonly at: string;
  /** Called as the list leaves it. */
  readonly entity: { readonly key: string };
  readonly field: string | null;
  /** The links that go, of which the ways back go too. */
  readonly links: readonly Pick<FieldDocument, 'options'>[];
}

/** One change at work: the document as the changes before it have left it, and where to say what is wrong. */
export class ChangeContext {
  readonly document: WorkingDocument;
  readonly removed: Removed[];
  readonly index: number;
  readonly at: string;
  readonly log: ChangeLog;
  readonly #problems: ProblemList;
  readonly #populated: ReadonlySet<string>;

  constructor(
    shared: {
      readonly document: WorkingDocument;
      readonly removed: Removed[];
      readonly problems: ProblemList;
      readonly log: ChangeLog;
      readonly populated: ReadonlySet<string>;
    },
    index: number,
    at: string,
  ) {
    this.document = shared.document;
    this.removed = shared.removed;
    this.log = shared.log;
    this.#problems = shared.problems;
    this.#populated = shared.populated;
    this.index = index;
    this.at = at;
  }

  problem(code: Problem['code'], argument: string, message: string | (() => string)): undefined {
    this.#problems.add(code, argument === '' ? this.at : `${this.at}.${argument}`, message);
    return undefined;
  }

  hasRecords(entity: WorkingEntity): boolean {
    return this.#populated.has(this.document.storageKeys.get(entity) ?? '');
  }

  /** Notes that this change says `property` of the thing; false, with a problem, where another has said it. */
  touch(thing: WorkingThing, property: string, argument: string | null, name: string): boolean {
    const before = this.log.touch(thing, { index: this.index, at: this.at, property, argument });
    if (before === null) {
      return true;
    }
    const message =
      property === 'gone'
        ? `${name} is changed by "${before.at}" and removed here. Leave one of them out.`
        : `"${before.at}" has said the same of ${name} already. Say it once.`;
    this.problem('CONTRADICTION', property === 'gone' ? '' : (argument ?? ''), message);
    return false;
  }

  findEntity(key: string, argument = 'entity'): WorkingEntity | undefined {
    const { entities } = this.document;
    const entity = entities.find((one) => one.key === key);
    return (
      entity ??
      this.problem('ENTITY_MISSING', argument, () => {
        const hint =
          this.log.whyGone(key) ||
          didYouMean(
            key,
            entities.map((one) => one.key),
          );
        return `There is no entity ${quote(key)}.${hint}`;
      })
    );
  }

  findField(place: {
    readonly entity: string;
    readonly field: string;
  }): readonly [WorkingEntity, WorkingField] | undefined {
    const entity = this.findEntity(place.entity);
    const field = entity?.fields.find((one) => one.key === place.field);
    if (entity && !field) {
      this.problem('FIELD_MISSING', 'field', () => {
        const keys = entity.fields.map((one) => one.key);
        const hint = this.log.whyGone(`${place.entity}.${place.field}`) || didYouMean(place.field, keys);
        return `The entity ${quote(place.entity)} has no field ${quote(place.field)}.${hint}`;
      });
    }
    return entity && field && [entity, field];
  }

  findKey(place: {
    readonly entity: string;
    readonly key: string;
  }): readonly [WorkingEntity, WorkingKey] | undefined {
    const entity = this.findEntity(place.entity);
    const key = entity?.keys.find((one) => one.key === place.key);
    if (entity && !key) {
      const isField = entity.fields.some((field) => field.key === place.key && field.unique);
      this.problem('KEY_MISSING', 'key', () =>
        isField
          ? `${nameOf(place.entity, place.key)} is a unique field: change it with "changeField".`
          : `The entity ${quote(place.entity)} has no unique key ${quote(place.key)}.${
              this.log.whyGone(`${place.entity}#${place.key}`) ||
              didYouMean(
                place.key,
                entity.keys.map((one) => one.key),
              )
            }`,
      );
    }
    return entity && key && [entity, key];
  }

  /** False, with a problem, where an alias has the name, or the list takes it away: coming back is another step. */
  isNewName(name: string, argument: string, others: readonly (WorkingEntity | WorkingField)[]): boolean {
    const key = name.slice(name.indexOf('.') + 1);
    const owner = others.find(({ aliases }) => aliases?.some((alias) => alias.key === key));
    if (owner) {
      const message = `${quote(key)} is still served as an alias of ${quote(owner.key)}. Drop that alias first, or choose another name.`;
      this.problem('NAME_COLLISION', argument, message);
      return false;
    }
    if (!this.log.isGone(name)) {
      return true;
    }
    this.problem(
      'CONTRADICTION',
      argument,
      `${quote(name)} is taken again in the list that gives it up.${this.log.whyGone(name)} Do it in two steps.`,
    );
    return false;
  }
}

/** Without what was not given. */
export function withoutNulls<T extends object>(given: T): T {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== null && value !== undefined),
  ) as T;
}

/** In the order of the keys; what they leave out comes behind, as it was. */
export function inOrder<Item extends { readonly key: string }>(
  context: ChangeContext,
  items: readonly Item[],
  order: readonly string[],
  what: string,
): Item[] {
  const byKey = new Map(items.map((item) => [item.key, item]));
  for (const [index, key] of order.entries()) {
    const at = `order[${index}]`;
    if (!byKey.has(key)) {
      context.problem(
        'NAME_UNKNOWN',
        at,
        () => `There is no ${what} ${quote(key)}.${didYouMean(key, byKey.keys())}`,
      );
    } else if (order.indexOf(key) < index) {
      context.problem('DUPLICATE', at, `${quote(key)} is listed twice.`);
    }
  }
  const listed = [...new Set(order)].flatMap((key) => byKey.get(key) ?? []);
  return [...listed, ...items.filter((item) => !listed.includes(item))];
}
