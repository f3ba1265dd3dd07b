import { conversionRule, conversionTargets } from './conversions.ts';
import type { FieldDocument } from './document.ts';
import type { DraftField } from './draft.ts';
import type { Conversion } from './model.ts';
import { quote } from './quote.ts';

/** Tells why one field cannot be converted from another, and where: at `convertedFrom` if nothing else is said. */
export type Refuse = (why: string, at?: string) => void;

/** Only types that convert both ways: clients of either field read what is written to the other. */
export function checkConvertedTypes(
  name: string,
  { type, options }: FieldDocument,
  source: FieldDocument,
  path: string,
  refuse: Refuse,
): void {
  if (conversionRule(source.type, type) === null || conversionRule(type, source.type) === null) {
    const targets = conversionTargets(source.type).filter((to) => conversionRule(to, source.type));
    const known = targets.length > 0 ? `It can become ${targets.join(', ')}.` : 'It can become nothing else.';
    refuse(
      `Values of the type "${source.type}" (${quote(source.key)}) cannot be converted to "${type}" (${name}) and back. ${known} Or add a field of its own.`,
      path.replace(/convertedFrom$/, 'type'),
    );
    return;
  }
  const money = [{ type, options }, source].find((one) => one.type === 'currency');
  if (money && money.type !== (money.type === type ? source.type : type)) {
    if ((money.options?.currencies?.length ?? 0) !== 1 && source.type !== 'json' && type !== 'json') {
      refuse(
        `An amount without a currency and money are only converted into each other where there is one currency. List that one in "currencies" of ${money === source ? quote(source.key) : name}.`,
      );
    }
  }
}

/** What could not hold for both while both are written. */
export function checkConvertedRules(
  name: string,
  { path, document }: DraftField,
  source: FieldDocument,
  state: Exclude<Conversion['state'], 'contracted'>,
  refuse: Refuse,
): void {
  if (document?.required && !source.required) {
    refuse(
      `${name} cannot be required while ${quote(source.key)}, which it is converted from, is not. Make that required first.`,
      `${path}.required`,
    );
  }
  if (document?.unique && state === 'filling') {
    refuse(`${name} cannot be unique before it is filled. Make it unique then.`, `${path}.unique`);
  }
  if (document?.options?.pattern !== undefined) {
    refuse(
      `${name} cannot have a pattern while ${quote(source.key)} is written too. Give it one when that is removed.`,
      `${path}.options.pattern`,
    );
  }
}
