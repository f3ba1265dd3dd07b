import { isObject } from './check-json.ts';
import { didYouMean } from './did-you-mean.ts';
import type { FieldDocument, FieldType } from './document.ts';
import type { Draft, DraftEntity, DraftField } from './draft.ts';
import type { ProblemList } from './problem-list.ts';
import { quote } from './quote.ts';

/** A default that is copied, once, through a link when the record is created: field and link by key. */
export interface CopiedDefault {
  readonly link: string;
  readonly field: string;
}

/** What `{ "from": "product.price" }` says, or null for any other default. For json that is a value like any other. */
export function copiedFrom(type: FieldType, value: unknown): CopiedDefault | null {
  if (
    type === 'json' ||
    !isObject(value) ||
    Object.keys(value).join() !== 'from' ||
    typeof value.from !== 'string'
  ) {
    return null;
  }
  const [link = '', ...rest] = value.from.split('.');
  return { link, field: rest.join('.') };
}

/** The link is one of the entity, and what is copied is a field of the target, of the same type. */
export function checkCopiedDefault(
  { document, path }: DraftField,
  entity: DraftEntity,
  draft: Draft,
  problems: ProblemList,
): void {
  const from = document && copiedFrom(document.type, document.default);
  if (!document || !from) {
    return;
  }
  const link = entity.fields.find((field) => field.key === from.link);
  if (!link?.named || link.document?.type !== 'link') {
    const links = entity.fields.flatMap((field) => (field.document?.type === 'link' ? field.key : []));
    const message = `The default of ${quote(document.key)} is copied through ${quote(from.link)}, which is no link of the entity. Say "<link>.<field>".`;
    problems.add('DEFAULT_INVALID', `${path}.default.from`, message + didYouMean(from.link, links));
    return;
  }
  const target = draft.entities.find((one) => one.key === link.document?.options?.target);
  const source = target?.fields.find((field) => field.key === from.field);
  if (target && !(source && isCopyable(source, document))) {
    const message = `The default of ${quote(document.key)} is copied from ${quote(from.field)}, and ${quote(target.key)} has no such field of type "${document.type}"${document.options?.choices ? ' with the same choices' : ''}.`;
    problems.add('DEFAULT_INVALID', `${path}.default.from`, message);
  }
}

/** A field that has a problem of its own is let pass: it is not known what it is. */
function isCopyable({ document }: DraftField, wanted: FieldDocument): boolean {
  if (document === null) {
    return true;
  }
  const has = new Set(wanted.options?.choices?.map((choice) => choice.key));
  return document.type === wanted.type && (document.options?.choices ?? []).every(({ key }) => has.has(key));
}
