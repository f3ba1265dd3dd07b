import type { Row, Statement } from '@formwork/pg';
import type { Entity } from '@formwork/registry';
import { createdByKey } from './created-by-key.ts';
import type { LinkReference } from './link-reference.ts';
import { linkNotFound, linkStatement, readLinks, type VisibleRecords } from './resolve-links.ts';
import { runWrite, type WriteContext } from './write-context.ts';
import type { PlannedTarget, WritePlan } from './write-plan.ts';

type LookUpContext = Pick<WriteContext, 'registry' | 'execute'>;

/**
 * The references of plans on their way to ids. Where all are given by id they are known before they are checked, so
 * that the check travels in one message with the write; by key they have to be found first.
 */
export class ResolvedLinks {
  readonly #required: readonly LinkReference[];
  /** With those that are to be removed from links to many: what is not there need not be removed. */
  readonly #all: readonly LinkReference[];
  #isRead = false;
  /** Where it is not the id that was given: found by key, or not found. */
  readonly #found = new Map<LinkReference, string | null>();

  readonly #visible: VisibleRecords;

  /** `visible`: which records may be linked to. */
  constructor(plans: readonly WritePlan[], visible: VisibleRecords = () => null) {
    this.#visible = visible;
    const required: LinkReference[] = [];
    const optional: LinkReference[] = [];
    for (const plan of plans) {
      for (const reference of requiredOf(plan)) required.push(reference);
      for (const { remove } of plan.manyLinks) for (const reference of remove) optional.push(reference);
    }
    this.#required = required;
    this.#all = optional.length === 0 ? required : [...required, ...optional];
  }

  /** Whether all were given by id: then nothing has to be looked up before the write. */
  get areKnown(): boolean {
    return this.#all.every(({ by }) => by === null);
  }

  /** Entities that records are to be linked to. */
  get targets(): ReadonlySet<Entity> {
    return new Set(this.#all.map(({ target }) => target));
  }

  /**
   * Looks up what is named by key, for nothing can be written before: among the records that are there, and then
   * among those that are created with this write. Throws LINK_NOT_FOUND, with all of them, where there is none.
   */
  async find(context: LookUpContext, entity: Entity, created: readonly WritePlan[]): Promise<void> {
    if (this.areKnown) return;
    await this.lookUp(context, entity);
    // A key may hold a link, so that one that is found lets others be found: each round a level of a tree.
    while (this.#linkTo(created)) {}
    this.#assertFound();
  }

  #linkTo(created: readonly WritePlan[]): boolean {
    const missing = this.#required.filter((reference) => this.#idOf(reference) === null);
    if (missing.length === 0) return false;
    const idOf = createdByKey(created, this);
    const found = missing.flatMap((reference) => {
      const id = idOf(reference);
      return id === null ? [] : [[reference, id] as const];
    });
    for (const [reference, id] of found) this.#found.set(reference, id);
    return found.length > 0;
  }

  /** Looks up all references; {@link missingOf} then tells of each plan what is not there. */
  async lookUp(context: LookUpContext, entity: Entity): Promise<void> {
    if (this.#all.length === 0) return;
    const [rows = []] = await runWrite(context, entity, [linkStatement(this.#all, this.#visible)]);
    this.#take(rows);
  }

  /** What is still to be sent: the check, where all were given by id. Its rows go to {@link read}. */
  get toBeSent(): Statement[] {
    return this.#isRead || this.#all.length === 0 ? [] : [linkStatement(this.#all, this.#visible)];
  }

  /** Throws LINK_NOT_FOUND, with all of them, where a record is not there. */
  read(rows: readonly Row[]): void {
    this.#take(rows);
    this.#assertFound();
  }

  #take(rows: readonly Row[]): void {
    this.#isRead = true;
    const all = this.#all;
    readLinks(all, rows).forEach((id, index) => {
      const reference = all[index];
      if (reference !== undefined && reference.id !== id) this.#found.set(reference, id);
    });
  }

  #assertFound(): void {
    const missing = this.#required.filter((reference) => this.#idOf(reference) === null);
    if (missing.length > 0) throw linkNotFound(missing);
  }

  /** The references of a plan that lead nowhere. */
  missingOf(plan: WritePlan): readonly LinkReference[] {
    return requiredOf(plan).filter((reference) => this.#idOf(reference) === null);
  }

  /** The id that a target has; null for one to be removed that is not there. */
  idOf(target: PlannedTarget): string | null {
    return 'created' in target ? target.created.id : this.#idOf(target.reference);
  }

  #idOf(reference: LinkReference): string | null {
    const found = this.#found.get(reference);
    return found === undefined ? reference.id : found;
  }
}

function requiredOf({ links, manyLinks }: WritePlan): LinkReference[] {
  const required: LinkReference[] = [];
  for (const { to } of links) if ('reference' in to) required.push(to.reference);
  for (const { add } of manyLinks)
    for (const target of add) if ('reference' in target) required.push(target.reference);
  return required;
}
