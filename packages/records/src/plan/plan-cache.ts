import { CountedMap } from '../counted-map.ts';
import type { Memory } from '../memory.ts';

/**
 * Plans by registry, form and shape, counted in a memory. A plan holds on to its registry and its form (which lives with
 * its document), so here it lives no longer than they do.
 */
export class PlanCache<Registry extends object, Form extends object, Plan> {
  readonly #memory: Memory;
  readonly #bytesOf: (plan: Plan) => number;
  readonly #plans = new WeakMap<Registry, WeakMap<Form, CountedMap<Plan>>>();
  #made = 0;

  constructor(memory: Memory, bytesOf: (plan: Plan) => number) {
    this.#memory = memory;
    this.#bytesOf = bytesOf;
  }

  /** How many were made, ever. */
  get made(): number {
    return this.#made;
  }

  /** The plan that is kept, or the one that `make` makes, which is then kept. */
  get(registry: Registry, form: Form, shape: string, make: () => Plan): Plan {
    let forms = this.#plans.get(registry);
    if (forms === undefined) {
      forms = new WeakMap();
      this.#plans.set(registry, forms);
    }
    let shapes = forms.get(form);
    if (shapes === undefined) {
      shapes = new CountedMap(this.#memory, this.#bytesOf);
      forms.set(form, shapes);
    }
    return shapes.get(shape, () => {
      this.#made += 1;
      return make();
    });
  }
}
