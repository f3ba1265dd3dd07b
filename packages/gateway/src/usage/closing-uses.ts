import type { ClosingMark } from '@formwork/directory';
import type { ControlPlane } from '@formwork/pg';
import { type CountedUse, isUseOf, saveClosingUses } from '@formwork/registry-store';
import { LRUCache } from 'lru-cache';

/** Marks stand for moments, so there are never many. */
const mostMarks = 10_000;

/** Notes uses of what is about to be taken away before they are answered: who decides on it must not miss one. */
export class ClosingUses {
  readonly #control: ControlPlane;
  /** By mark. One use of it is enough: what is in use stays, and all other uses are told of in their time. */
  readonly #noted = new LRUCache<string, Promise<void>>({ max: mostMarks });

  constructor(control: ControlPlane) {
    this.#control = control;
  }

  /** Waits while it is being decided; afterwards what was marked is either in use or gone. */
  async note(tenantId: string, marks: readonly ClosingMark[], uses: readonly CountedUse[]): Promise<void> {
    const used = marks.filter((mark) => uses.some((use) => isUseOf(mark, use)));
    const fresh = used.filter(({ id }) => !this.#noted.has(id)).map(({ id }) => id);
    if (fresh.length > 0) {
      const saving = saveClosingUses(this.#control, tenantId, fresh, usesOf(used, uses));
      for (const id of fresh) this.#noted.set(id, saving);
      saving.catch(() => {
        for (const id of fresh) this.#noted.delete(id);
      });
    }
    await Promise.all(used.map(({ id }) => this.#noted.get(id)));
  }
}

function usesOf(marks: readonly ClosingMark[], uses: readonly CountedUse[]): readonly CountedUse[] {
  return uses.filter((use) => marks.some((mark) => isUseOf(mark, use)));
}
