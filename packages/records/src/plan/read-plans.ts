import type { Statement } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import { bindOpenRegistry, type OpenRegistry } from '../access/bind-registry.ts';
import { callerClaims } from '../access/caller-claims.ts';
import type { ClaimValues } from '../access/row-rule.ts';
import type { QuestionForm, Values } from '../contract.ts';
import type { Memory } from '../memory.ts';
import { CursorSealer } from '../read/cursor.ts';
import { defaultReadLimits, type ReadLimits } from '../read/limits.ts';
import type { CursorContext } from '../read/list-query.ts';
import { Given, OpenValues } from './given.ts';
import { type OpenArguments, openArguments, openValues, type Take } from './open-arguments.ts';
import { PlanCache } from './plan-cache.ts';
import { type PlannedRead, planRead } from './plan-read.ts';

export interface ReadPlansOptions {
  readonly cursorSecret: string;
  readonly limits?: Partial<ReadLimits>;
  /** Where plans count. */
  readonly memory: Memory;
}

/** Whose records are read. */
export interface Reader {
  /** As the caller's role sees it: see `registryForRole`. */
  readonly registry: Registry;
  readonly tenantId: string;
  readonly role: string;
  /** Who asks, and what is known of the caller: see `RecordsOptions`. */
  readonly actor: string;
  readonly claims: ClaimValues;
}

/** A read that is ready to be sent. */
export interface PreparedRead {
  readonly statements: readonly Statement[];
  /** The answer as text, of the rows of each statement. `take` hears of the records in it, and throws where there are too many. */
  readonly write: (results: Parameters<PlannedRead['write']>[0], take: (records: number) => void) => string;
}

/**
 * Reads that are planned once, for a question and the shape of its arguments, and then only filled with values. All
 * tenants whose registry is the same object share them: they hold no tenant, and no values but those of documents.
 */
export class ReadPlans {
  readonly #sealer: CursorSealer;
  readonly #limits: ReadLimits;
  readonly #plans: PlanCache<Registry, QuestionForm, PlannedRead | null>;

  constructor({ cursorSecret, limits, memory }: ReadPlansOptions) {
    this.#sealer = new CursorSealer(cursorSecret);
    this.#limits = { ...defaultReadLimits, ...limits };
    this.#plans = new PlanCache(memory, bytesOf);
  }

  /** How many were planned, ever. */
  get made(): number {
    return this.#plans.made;
  }

  /**
   * Null where the answer takes more than statements that are known beforehand, or is an error: loaders will tell.
   * Throws a RecordError for values that the arguments cannot have.
   */
  prepare(reader: Reader, form: QuestionForm, args: readonly Values[]): PreparedRead | null {
    const values: unknown[] = [];
    // For a plan that is known the values are all that has to be told: what stands for them is there.
    const open = openAll(form, args, (value) => values.push(value));
    if (open === null) return null;
    const claims = callerClaims(reader);
    const bound = bindOpenRegistry(reader.registry, claims);
    if (bound === null) return null;
    let shape = '';
    for (const each of open) shape += `${each.shape}\n`;
    const plan = this.#plans.get(bound.registry, form, shape, () => this.#plan(bound, form, args));
    if (plan === null) return null;
    const cursors: CursorContext = { sealer: this.#sealer, tenantId: reader.tenantId, role: reader.role };
    return {
      statements: plan.statements(new Given(values, claims, cursors)),
      write: (results, take) => plan.write(results, { cursors, take }),
    };
  }

  #plan({ registry, ends }: OpenRegistry, form: QuestionForm, args: readonly Values[]): PlannedRead | null {
    const values = new OpenValues();
    const open = openAll(form, args, () => values.take()) ?? [];
    try {
      const question = form.ask(open.map(({ args }) => args));
      return planRead(registry, this.#limits, question, () => [...values.ends, ...ends]);
    } catch {
      // Whatever it is, loaders come to it again, at the field that it belongs to.
      return null;
    }
  }
}

const nothing: ReadonlySet<string> = new Set();

function openAll(
  { kind, fixed }: QuestionForm,
  args: readonly Values[],
  take: Take,
): readonly OpenArguments[] | null {
  const all: OpenArguments[] = [];
  for (const [index, each] of args.entries()) {
    const isKey = (kind === 'record' || kind === 'records') && index === 0;
    const open = isKey ? openValues(each, take) : openArguments(each, take, fixed[index] ?? nothing);
    if (open === null) return null;
    all.push(open);
  }
  return all;
}

/** A plan keeps its SQL as text and in pieces, and what reads the rows. */
function bytesOf(plan: PlannedRead | null): number {
  return plan === null ? 200 : 10_000 + plan.size * 10;
}
