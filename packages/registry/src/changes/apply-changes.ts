import type { Continued } from '../aliases/identities.ts';
import { isObject } from '../check-json.ts';
import { createRegistryInSteps, type RegistryOptions } from '../create-registry.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { RegistryDocument } from '../document.ts';
import type { Registry } from '../model.ts';
import type { Problem } from '../problem.ts';
import { ProblemList } from '../problem-list.ts';
import { quote } from '../quote.ts';
import { type Steps, toEnd } from '../steps.ts';
import type { Change, ChangeKind, ChangeKinds } from './change.ts';
import { ChangeContext, type Removed } from './change-context.ts';
import { ChangeLog, nameOf } from './change-log.ts';
import { checkArguments } from './check-arguments.ts';
import * as choices from './choice-changes.ts';
import * as entities from './entity-changes.ts';
import * as fields from './field-changes.ts';
import { findNeeds } from './find-needs.ts';
import * as keys from './key-changes.ts';
import { locateInChanges } from './locate-in-changes.ts';
import { changeOf, placeOf, placeProblems } from './place-problems.ts';
import * as roles from './role-changes.ts';
import { fromWorkingDocument, toWorkingDocument, type WorkingDocument } from './working-document.ts';

export interface AppliedChanges {
  readonly document: RegistryDocument;
  readonly registry: Registry;
  /** What goes on, and under which name: for `createRegistry`, beside the document. */
  readonly continued: Continued;
  /** The place in the list of a problem with the document. */
  readonly locate: (problem: Problem) => Problem;
}

/** A list with problems. */
export interface RefusedChanges {
  readonly problems: readonly Problem[];
  /** What the changes that have none come to by themselves, in steps; null where that is nothing, or cannot be said. */
  readonly rest: () => Steps<AppliedChanges | null>;
}

type ChangeOptions = Omit<RegistryOptions, 'current' | 'continued'>;

/** How many changes one list may have. */
const mostChanges = 500;

const changers: {
  readonly [Kind in ChangeKind]: (context: ChangeContext, change: ChangeKinds[Kind]) => void;
} = {
  ...entities,
  ...fields,
  ...choices,
  ...keys,
  ...roles,
};

/**
 * Does the changes one after the other and gives the registry that they come to, or everything that is wrong with
 * them, each with its place: "changes[3].renameField.to". What is renamed keeps its storage key, so no data moves.
 */
export function applyChanges(
  current: Registry | null,
  changes: readonly Change[],
  options: ChangeOptions = {},
): AppliedChanges | RefusedChanges {
  return toEnd(applyChangesInSteps(current, changes, options));
}

/** The same in steps. */
export function* applyChangesInSteps(
  current: Registry | null,
  changes: readonly Change[],
  options: ChangeOptions = {},
): Steps<AppliedChanges | RefusedChanges> {
  const attempt: Attempt = (skipped) => attemptChanges(current, changes, options, skipped);
  if (changes.length > mostChanges) {
    const message = `The list has ${changes.length} changes; at most ${mostChanges} are allowed.`;
    const problem = { code: 'LIMIT_EXCEEDED', path: 'changes', message };
    return { problems: [problem], rest: () => restOf(changes, [problem], attempt) };
  }
  const whole = yield* attempt(new Set());
  if (!('problems' in whole)) return whole;
  const problems = yield* placeProblems(changes, whole.problems, function* (count) {
    const later = [...changes.keys()].slice(count);
    const made = yield* attempt(new Set(later));
    return 'problems' in made ? made.problems : [];
  });
  return { problems, rest: () => restOf(changes, problems, attempt) };
}

/** Without those changes. */
type Attempt = (
  skipped: ReadonlySet<number>,
) => Steps<AppliedChanges | { readonly problems: readonly Problem[] }>;

/** How often it is looked for changes that make sense without those that have problems. */
const mostRounds = 3;

/** Without those that have problems, and without those that do not make sense without these. */
function* restOf(
  changes: readonly Change[],
  problems: readonly Problem[],
  attempt: Attempt,
): Steps<AppliedChanges | null> {
  const skipped = new Set<number>();
  let found = problems;
  for (let round = 1; round <= mostRounds; round += 1) {
    const before = skipped.size;
    for (const problem of found) skipped.add(changeOf(problem) ?? -1);
    if (skipped.has(-1) || skipped.size === before || skipped.size === changes.length) return null;
    const made = yield* attempt(skipped);
    if (!('problems' in made)) return made;
    found = made.problems;
  }
  return null;
}

/** Does the changes of the list but those. */
function* attemptChanges(
  current: Registry | null,
  changes: readonly Change[],
  options: ChangeOptions,
  skipped: ReadonlySet<number>,
): Steps<AppliedChanges | { readonly problems: readonly Problem[] }> {
  const problems = new ProblemList();
  const refused = new Set(skipped);
  const { populated = new Set<string>() } = options;
  yield;
  const first = runChanges(current, changes, populated, skipped, problems);
  reportNeeds(first, problems, refused);
  // What cannot go stays, so that one mistake is told once and not by all that follows from it.
  const last =
    refused.size > skipped.size ? runChanges(current, changes, populated, refused, new ProblemList()) : first;
  const continued = continuedOf(last.document);
  const document = fromWorkingDocument(last.document);
  const locate = (problem: Problem) => {
    const located = locateInChanges(last, problem);
    // Of one change all that is wrong comes from it.
    const isLost = located.path.startsWith('document') && changes.length === 1;
    return isLost ? { ...located, path: placeOf(changes, 0) } : located;
  };
  yield;
  const made = yield* createRegistryInSteps(document, { ...options, ...(current && { current }), continued });
  const found = 'problems' in made ? made.problems.map(locate) : [];
  if (problems.count > 0 || !('registry' in made)) {
    return { problems: [...problems.toArray(), ...found] };
  }
  return { document, registry: made.registry, continued, locate };
}

export interface ChangeRun {
  readonly document: WorkingDocument;
  readonly removed: readonly Removed[];
  readonly log: ChangeLog;
}

function runChanges(
  current: Registry | null,
  changes: readonly Change[],
  populated: ReadonlySet<string>,
  skipped: ReadonlySet<number>,
  problems: ProblemList,
): ChangeRun {
  const shared = {
    document: toWorkingDocument(current),
    removed: [],
    problems,
    log: new ChangeLog(),
    populated,
  };
  changes.forEach((change, index) => {
    if (skipped.has(index)) return;
    const kind = kindOf(change, index, problems);
    if (kind === null) return;
    const at = `changes[${index}].${kind}`;
    const given = (change as Readonly<Record<string, unknown>>)[kind];
    if (!checkArguments(kind, given, at, problems)) return;
    const context = new ChangeContext(shared, index, at);
    // The kind decides the type of the arguments, which the compiler cannot follow.
    const changer = changers[kind] as (context: ChangeContext, given: unknown) => void;
    changer(context, given);
  });
  return shared;
}

/** The one kind that a change is; null, with a problem, where it is none or several. */
function kindOf(change: unknown, index: number, problems: ProblemList): ChangeKind | null {
  const path = `changes[${index}]`;
  const given = isObject(change) ? Object.entries(change).filter(([, value]) => value != null) : [];
  const [kind, ...more] = given.map(([name]) => name);
  if (kind === undefined || more.length > 0) {
    const message = 'A change is an object with one kind of change, such as { "renameField": { … } }.';
    problems.add('CHANGE_INVALID', path, message);
    return null;
  }
  if (!isKind(kind)) {
    const message = `There is no kind of change ${quote(kind)}.${didYouMean(kind, Object.keys(changers))}`;
    problems.add('CHANGE_INVALID', path, message);
    return null;
  }
  return kind;
}

function isKind(name: string): name is ChangeKind {
  return Object.hasOwn(changers, name);
}

/** Removing what something else needs is refused, and all of those are named. */
function reportNeeds(run: ChangeRun, problems: ProblemList, refused: Set<number>): void {
  for (const [{ index, at, entity, field }, users] of findNeeds(run.document, run.removed)) {
    const name = field === null ? nameOf(entity.key) : nameOf(entity.key, field);
    const message = `${name} is needed by ${users.join(', ')}. Change or remove ${users.length === 1 ? 'that' : 'those'} first, or in the same list.`;
    problems.add('NEEDED', at, message);
    refused.add(index);
  }
}

function continuedOf({ entities: all, storageKeys }: WorkingDocument): Continued {
  const known = all.flatMap((entity) => {
    const storageKey = storageKeys.get(entity);
    return storageKey === undefined ? [] : [{ entity, storageKey }];
  });
  return {
    entities: new Map(known.map(({ entity, storageKey }) => [entity.key, storageKey])),
    fields: new Map(
      known.map(({ entity }) => [
        entity.key,
        new Map(
          entity.fields.flatMap((field) => {
            const storageKey = storageKeys.get(field);
            return storageKey === undefined ? [] : [[field.key, storageKey] as const];
          }),
        ),
      ]),
    ),
  };
}
