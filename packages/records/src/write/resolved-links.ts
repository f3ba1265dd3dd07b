import type { Row, Statement } from '@formwork/pg';
import type { LinkReference } from './link-reference.ts';
import { linkNotFound, linkStatement, readLinks } from './resolve-links.ts';
import type { PlannedTarget, WritePlan } from './write-plan.ts';

/**
 * The references of plans on their way to ids. Where all are given by id they are known before they are checked, so
 * that the check travels in one message with the write; by key they have to be found first.
 */
export class ResolvedLinks {
  readonly #required: readonly LinkReference[];
  /** To be removed from links to many: what is not there need not be removed. */
  readonly #optional: readonly LinkReference[];
  readonly #ids = new Map<LinkReference, string | null>();

  constructor(plans: readonly WritePlan[]) {
    const named = (targets: readonly PlannedTarget[]) =>
      targets.flatMap((target) => ('reference' in target ? [target.reference] : []));
    this.#required = plans.flatMap(({ links, manyLinks }) =>
      named([...links.map(({ to }) => to), ...manyLinks.flatMap(({ add }) => add)]),
    );
    this.#optional = plans.flatMap(({ manyLinks }) => manyLinks.flatMap(({ remove }) => remove));
    for (const reference of this.#all) this.#ids.set(reference, reference.id);
  }

  /** Whether some are named by key, so that nothing can be written before {@link read}. */
  get areToBeFound(): boolean {
    return this.#all.some(({ by }) => by !== null);
  }

  get statements(): Statement[] {
    return this.#all.length === 0 ? [] : [linkStatement(this.#all)];
  }

  /** Takes in what the statement gave. Throws LINK_NOT_FOUND, with all of them, where a record is not there. */
  read(rows: readonly Row[]): void {
    const all = this.#all;
    readLinks(all, rows).forEach((id, index) => {
      const reference = all[index];
      if (reference !== undefined) this.#ids.set(reference, id);
    });
    const missing = this.#required.filter((reference) => this.#ids.get(reference) === null);
    if (missing.length > 0) throw linkNotFound(missing);
  }

  /** The id that a target has; null for one to be removed that is not there. */
  idOf(target: PlannedTarget): string | null {
    return 'created' in target ? target.created.id : (this.#ids.get(target.reference) ?? null);
  }

  get #all(): LinkReference[] {
    return [...this.#required, ...this.#optional];
  }
}
