/** Plans of one registry and form, by the shape of the arguments. */
type Shapes<Plan> = Map<string, Kept<Plan>>;

interface Kept<Plan> {
  readonly plan: Plan;
  readonly ticket: Ticket<Plan>;
}

/** Where to find a plan to drop it; does not hold on to it. */
interface Ticket<Plan> {
  readonly shapes: WeakRef<Shapes<Plan>>;
  readonly shape: string;
  readonly bytes: number;
}

/**
 * Plans by registry, form and shape, bounded in bytes: the one that was not asked for the longest is dropped first. A
 * plan holds on to its registry and its form (which lives with its document), so here it lives no longer than they do.
 */
export class PlanCache<Registry extends object, Form extends object, Plan> {
  readonly #most: number;
  readonly #bytesOf: (plan: Plan) => number;
  readonly #plans = new WeakMap<Registry, WeakMap<Form, Shapes<Plan>>>();
  /** In the order of their last use. */
  readonly #tickets = new Set<Ticket<Plan>>();
  #bytes = 0;

  constructor(most: number, bytesOf: (plan: Plan) => number) {
    this.#most = most;
    this.#bytesOf = bytesOf;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The plan that is kept, or the one that `make` makes, which is then kept. */
  get(registry: Registry, form: Form, shape: string, make: () => Plan): Plan {
    const shapes = this.#shapesOf(registry, form);
    const kept = shapes.get(shape);
    if (kept !== undefined) {
      this.#tickets.delete(kept.ticket);
      this.#tickets.add(kept.ticket);
      return kept.plan;
    }
    const plan = make();
    const bytes = this.#bytesOf(plan) + 2 * shape.length;
    const ticket = { shapes: new WeakRef(shapes), shape, bytes };
    shapes.set(shape, { plan, ticket });
    this.#tickets.add(ticket);
    this.#bytes += bytes;
    this.#dropOldest();
    return plan;
  }

  #shapesOf(registry: Registry, form: Form): Shapes<Plan> {
    let forms = this.#plans.get(registry);
    if (forms === undefined) {
      forms = new WeakMap();
      this.#plans.set(registry, forms);
    }
    let shapes = forms.get(form);
    if (shapes === undefined) {
      shapes = new Map();
      forms.set(form, shapes);
    }
    return shapes;
  }

  #dropOldest(): void {
    for (const ticket of this.#tickets) {
      if (this.#bytes <= this.#most) return;
      this.#tickets.delete(ticket);
      this.#bytes -= ticket.bytes;
      ticket.shapes.deref()?.delete(ticket.shape);
    }
  }
}
