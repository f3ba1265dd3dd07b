import type { Row, Statement } from '@formwork/pg';
import { bindRegistry } from '../access/bind-registry.ts';
import { callerClaims } from '../access/caller-claims.ts';
import { Permissions } from '../access/permissions.ts';
import type { Awaitable, QuestionForm, Values, WriteKind } from '../contract.ts';
import type { PreparedRead, Reader, ReadPlans } from '../plan/read-plans.ts';
import { defaultReadLimits, type ReadLimits } from '../read/limits.ts';
import type { LoneWrite } from './lone-write.ts';
import { type Writing, writingOf } from './writing.ts';

/** One root field of a mutation: what it writes, and how that is read back. */
export interface WriteQuestion {
  readonly kind: WriteKind;
  readonly typeName: string;
  readonly args: Values;
  /** Null where nothing is shown but ids. */
  readonly readBack: QuestionForm | null;
  /** How a record is shown then. */
  readonly byId: (id: string) => string;
}

/** A write that is ready to be sent, with all that belongs to it, in one message. */
export interface PreparedWrite {
  readonly statements: readonly Statement[];
  /** Of the records that it writes. */
  readonly ids: readonly string[];
  /** False where there was no such record, so that nothing was done. */
  readonly isDone: (results: Results) => boolean;
  /** What was written as text: a record, a list of them, or the id. */
  readonly write: (results: Results) => string;
  /** Null for what goes by itself. */
  readonly lone: LoneWrite | null;
}

type Results = readonly (readonly Row[])[];

/**
 * Writes of which all statements are known beforehand: where nothing has to be looked up first, and nothing looked at
 * before the commit. Links by id and unique keys are left to the database, which refuses what the checks would have
 * refused; whoever is refused goes the way step by step, which knows what to say. A caller whose role has rules about rows
 * always goes that way.
 */
export class WritePlans {
  readonly #reads: ReadPlans;
  readonly #limits: ReadLimits;

  constructor(reads: ReadPlans, limits: Partial<ReadLimits> = {}) {
    this.#reads = reads;
    this.#limits = { ...defaultReadLimits, ...limits };
  }

  /** Null where it takes more than one step, or is refused. At once but for a long list. */
  prepare(writer: Reader, question: WriteQuestion): Awaitable<PreparedWrite | null> {
    try {
      const writing = this.#writingOf(writer, question);
      return writing instanceof Promise
        ? writing.then((made) => this.#prepared(writer, question, made)).catch(stepByStep)
        : this.#prepared(writer, question, writing);
    } catch {
      return stepByStep();
    }
  }

  #writingOf(writer: Reader, question: WriteQuestion): Awaitable<Writing | null> {
    const claims = callerClaims(writer);
    const bound = bindRegistry(writer.registry, claims);
    const registry = bound.whole ?? bound;
    const permissions = new Permissions(bound, claims);
    const entity = registry.entityByTypeName.get(question.typeName);
    if (entity === undefined) return null;
    const context = { registry, permissions, actor: writer.actor, limits: this.#limits };
    return writingOf(context, entity, question.kind, question.args);
  }

  #prepared(writer: Reader, question: WriteQuestion, writing: Writing | null): PreparedWrite | null {
    if (writing === null) return null;
    const read = question.readBack && this.#readBack(writer, question, writing.ids);
    return read === null && question.readBack !== null ? null : prepared(question, writing, read);
  }

  #readBack(writer: Reader, { kind, readBack }: WriteQuestion, ids: readonly string[]): PreparedRead | null {
    return (
      readBack && this.#reads.prepare(writer, readBack, [kind === 'createMany' ? { ids } : { id: ids[0] }])
    );
  }
}

/** Whatever is wrong, it is told there. */
function stepByStep(): null {
  return null;
}

function prepared(
  { kind, byId }: WriteQuestion,
  { writes, ids, mayMiss, lone }: Writing,
  read: PreparedRead | null,
): PreparedWrite {
  const [readBack = null, ...others] = read?.statements ?? [];
  const isReadById = others.length === 0 && (readBack === null || readBack.values.length === 1);
  return {
    lone: lone !== undefined && isReadById ? { ...lone, readBack } : null,
    statements: [...writes, ...(read?.statements ?? [])],
    ids,
    isDone: ([rows = []]) => !mayMiss || rows.length > 0,
    // Records that were written are not counted: they were paid for by writing them.
    write: (results) =>
      read === null ? writeIds(kind, ids, byId) : read.write(results.slice(writes.length), () => {}),
  };
}

function writeIds(kind: WriteKind, ids: readonly string[], byId: WriteQuestion['byId']): string {
  return kind === 'createMany' ? `[${ids.map(byId).join()}]` : byId(ids[0] as string);
}
