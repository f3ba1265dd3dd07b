import { Identities } from './aliases/identities.ts';
import { checkJson } from './check-json.ts';
import { checkReferences } from './check-references.ts';
import type { RegistryDocument } from './document.ts';
import { type Draft, documentOf } from './draft.ts';
import { checkComputed } from './formula/check-computed.ts';
import { resolveInverses } from './inverses.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { ObjectReader } from './object-reader.ts';
import type { Problem } from './problem.ts';
import { ProblemList } from './problem-list.ts';
import { describe, quote } from './quote.ts';
import { readEntities } from './read-entity.ts';
import { readRoles } from './roles/read-roles.ts';
import { type Steps, toEnd } from './steps.ts';

/**
 * Reads unknown input as a registry document. Gives it in canonical form (defaults and bounds as they are stored,
 * what says nothing left out), or everything that is wrong with it, each with its place. What depends on the tenant
 * (its current registry, its records, names that collide, slots that are left), and what roles speak of, is up to
 * `createRegistry`.
 */
export function checkDocument(
  input: unknown,
): { readonly document: RegistryDocument } | { readonly problems: readonly Problem[] } {
  const problems = new ProblemList();
  const draft = toEnd(readDocument(input, problems, defaultLimits));
  if (draft !== null) {
    checkComputed(draft, resolveInverses(draft, new Identities(draft, undefined)), problems);
  }
  if (draft === null || problems.count > 0) {
    return { problems: problems.toArray() };
  }
  return { document: documentOf(draft) };
}

/** What can be read of the input, with a note of each problem; null where nothing can. */
export function* readDocument(input: unknown, problems: ProblemList, limits: Limits): Steps<Draft | null> {
  const reader = checkJson(input, limits.documentLength, problems) && ObjectReader.open(input, '', problems);
  if (!reader || !isKnownFormat(reader)) {
    return null;
  }
  yield;
  reader.onlyKnown(['formwork', '$schema', 'entities', 'roles']);
  const list = reader.list('entities');
  if (list === undefined) {
    if (!reader.has('entities')) {
      reader.problem('MISSING', 'entities', 'The document has no list of "entities".');
    }
    return null;
  }
  if (list.length > limits.entities) {
    const message = `The document has ${list.length} entities; at most ${limits.entities} are allowed.`;
    reader.problem('LIMIT_EXCEEDED', 'entities', message);
    return null;
  }
  const draft = {
    schema: reader.prose('$schema', 2000),
    entities: yield* readEntities(list, problems, limits),
    roles: readRoles(reader, problems, limits),
  };
  checkReferences(draft, problems);
  return draft;
}

function isKnownFormat(reader: ObjectReader): boolean {
  const version = reader.get('formwork');
  if (version === 1) {
    return true;
  }
  const given = typeof version === 'string' ? quote(version) : describe(version);
  const message =
    version === undefined
      ? 'This is no registry document: it must say "formwork": 1.'
      : `The document is of format ${given}; this version of Formwork reads "formwork": 1.`;
  reader.problem('FORMAT_UNKNOWN', 'formwork', message);
  return false;
}
