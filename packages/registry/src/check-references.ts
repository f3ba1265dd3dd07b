import { checkReplacement } from './aliases/read-aliases.ts';
import { checkCopiedDefault } from './copied-default.ts';
import { didYouMean } from './did-you-mean.ts';
import type { FieldDocument } from './document.ts';
import type { Draft, DraftEntity, DraftField, DraftKey } from './draft.ts';
import { fieldTypeRule } from './field-types.ts';
import type { ProblemList } from './problem-list.ts';
import { quote } from './quote.ts';

/** Links lead to entities, keys and searches speak of fields that are there and fit. */
export function checkReferences(draft: Draft, problems: ProblemList): void {
  const entityKeys = new Set(draft.entities.map((entity) => entity.key));
  for (const entity of draft.entities) {
    const fieldKeys = new Set(entity.fields.map((field) => field.key));
    checkReplacement(entity.document.deprecated, entity.path, entityKeys, entity.key, problems);
    for (const field of entity.fields) {
      checkTarget(field, entityKeys, problems);
      checkCopiedDefault(field, entity, draft, problems);
      const { deprecated } = field.document ?? {};
      checkReplacement(deprecated, field.path, fieldKeys, field.key, problems);
    }
    for (const key of entity.keys) {
      checkParts(entity, key, problems);
    }
    checkSearchable(entity, problems);
  }
}

function checkTarget(
  { document, path }: DraftField,
  entityKeys: ReadonlySet<string>,
  problems: ProblemList,
): void {
  const target = document?.options?.target;
  if (target !== undefined && !entityKeys.has(target)) {
    const message = () =>
      `The link ${quote(document?.key)} leads to ${quote(target)}, and there is no such entity.${didYouMean(target, entityKeys)}`;
    problems.add('TARGET_MISSING', `${path}.options.target`, message);
  }
}

function checkParts(entity: DraftEntity, { document, path }: DraftKey, problems: ProblemList): void {
  for (const [index, part] of document.fields.entries()) {
    const at = `${path}.fields[${index}]`;
    const field = findField(entity, part, at, `The unique key ${quote(document.key)}`, problems);
    if (field && !fieldTypeRule(field.type).unique) {
      const message = `The field ${quote(part)} of type "${field.type}" cannot be part of a unique key. Remove it.`;
      problems.add('NOT_SUPPORTED', at, message);
    }
  }
  const namesake = entity.fields.find((field) => field.key === document.key && field.document?.unique);
  if (namesake) {
    const message = `The field ${quote(document.key)} is unique, which makes a key of that name. Give this one another key.`;
    problems.add('KEY_DUPLICATE', `${path}.key`, message);
  }
}

function checkSearchable(entity: DraftEntity, problems: ProblemList): void {
  for (const [index, key] of (entity.document.searchable ?? []).entries()) {
    const at = `${entity.path}.searchable[${index}]`;
    const field = findField(entity, key, at, 'The list "searchable"', problems);
    if (field && !fieldTypeRule(field.type).searchable) {
      const message = `The field ${quote(key)} of type "${field.type}" cannot be searched: only text, long_text, email, url and phone can. Remove it.`;
      problems.add('NOT_SUPPORTED', at, message);
    }
  }
}

/** Null, with a problem, where there is no such field; null without one where that field has a problem of its own. */
function findField(
  entity: DraftEntity,
  key: string,
  path: string,
  who: string,
  problems: ProblemList,
): FieldDocument | null {
  const field = entity.fields.find((one) => one.key === key);
  if (field === undefined) {
    const keys = entity.fields.map((one) => one.key);
    const message = () =>
      `${who} speaks of ${quote(key)}, and the entity has no such field.${didYouMean(key, keys)}`;
    problems.add('FIELD_MISSING', path, message);
  }
  return field?.document ?? null;
}
