import { didYouMean } from '../did-you-mean.ts';
import type { FieldType } from '../document.ts';
import { quote } from '../quote.ts';
import type { ComputedScope, ScopeEntity, ScopeField } from './computed-scope.ts';
import { targetOf } from './references.ts';
import type { ReportComputed } from './resolved-field.ts';

/** The link that a lookup follows, and what it shows of where that leads. */
interface LookupEnds {
  readonly via: ScopeField;
  readonly target: ScopeEntity;
  readonly shown: ScopeField;
  readonly type: FieldType;
}

/** Null where it makes no sense, with a problem, or without one where that is another field's problem. */
export function checkLookup(
  scope: ComputedScope,
  entity: ScopeEntity,
  lookup: ScopeField,
  report: ReportComputed,
): LookupEnds | null {
  const refuse = (code: string, option: 'via' | 'field', message: string): null => {
    report(entity, lookup, { code, option, message });
    return null;
  };
  const who = `The lookup ${quote(lookup.key)}`;
  const { via: viaName = '', field: shownName = '' } = lookup.options;
  const via = entity.fields.get(viaName);
  if (via === undefined) {
    const hint = didYouMean(viaName, linksOf(entity));
    return refuse(
      'FIELD_MISSING',
      'via',
      `${who} goes through ${quote(viaName)}, and the entity has no such field.${hint}`,
    );
  }
  if (via.type !== null && via.type !== 'link') {
    const hint = via.type === 'links' ? ' It leads to many records.' : '';
    return refuse(
      'NOT_SUPPORTED',
      'via',
      `${who} goes through ${quote(viaName)}, which is no link to one record.${hint}`,
    );
  }
  const target = targetOf(scope, via);
  if (target === null) {
    return null;
  }
  const shown = target.fields.get(shownName);
  if (shown === undefined) {
    const hint = didYouMean(shownName, target.fields.keys());
    const message = `${who} shows ${quote(shownName)}, and ${quote(target.key)} has no such field.${hint}`;
    return refuse('FIELD_MISSING', 'field', message);
  }
  if (shown.type === 'link' || shown.type === 'links') {
    const message = `${who} shows ${quote(shownName)} of ${quote(target.key)}, which is of type "${shown.type}". Show a value, through a lookup over there if need be.`;
    return refuse('NOT_SUPPORTED', 'field', message);
  }
  return shown.type === null ? null : { via, target, shown, type: shown.type };
}

function linksOf({ fields }: ScopeEntity): readonly string[] {
  return [...fields.values()].filter((field) => field.type === 'link').map((field) => field.name);
}
