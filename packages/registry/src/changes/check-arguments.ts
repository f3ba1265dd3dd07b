import { isObject } from '../check-json.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { ProblemList } from '../problem-list.ts';
import { describe, quote } from '../quote.ts';
import type { ChangeKind, ChangeKinds } from './change.ts';

/**
 * What an argument has to be; "!" has to be given. A thing is an object with a key, of which the rest is checked with the
 * document that the list comes to.
 */
type Form = 'text' | 'flag' | 'texts' | 'object' | 'json' | 'thing' | 'things';

const place = { entity: 'text!' } as const;
const fieldPlace = { ...place, field: 'text!' } as const;
const choicePlace = { ...fieldPlace, choice: 'text!' } as const;
const prose = { label: 'text', description: 'text' } as const;
const deprecation = { reason: 'text', replacement: 'text' } as const;

const forms: {
  readonly [Kind in ChangeKind]: { readonly [Name in keyof ChangeKinds[Kind]]-?: Form | `${Form}!` };
} = {
  createEntity: {
    ...{ key: 'text!', plural: 'text', ...prose, fields: 'things!', keys: 'things' },
    ...{ softDelete: 'flag', searchable: 'texts' },
  },
  renameEntity: { ...place, to: 'text!', plural: 'text', keepAlias: 'flag', force: 'flag' },
  relabelEntity: { ...place, ...prose },
  deprecateEntity: { ...place, ...deprecation },
  removeEntity: { ...place, force: 'flag' },
  changeEntity: { ...place, softDelete: 'flag', searchable: 'texts' },
  reorderEntities: { order: 'texts!' },
  addField: { ...place, field: 'thing!', after: 'text' },
  renameField: { ...fieldPlace, to: 'text!', keepAlias: 'flag', force: 'flag' },
  relabelField: { ...fieldPlace, ...prose },
  deprecateField: { ...fieldPlace, ...deprecation },
  removeField: { ...fieldPlace, force: 'flag' },
  changeField: { ...fieldPlace, required: 'flag', unique: 'flag', default: 'json', options: 'object' },
  indexField: fieldPlace,
  unindexField: fieldPlace,
  changeType: { ...fieldPlace, type: 'text!', options: 'object', newKey: 'text', allowLoss: 'flag' },
  changeLink: { ...fieldPlace, target: 'text', inverse: 'text', onDelete: 'text' },
  reorderFields: { ...place, order: 'texts!' },
  addChoice: { ...fieldPlace, choice: 'thing!', after: 'text' },
  relabelChoice: { ...choicePlace, ...prose },
  deprecateChoice: { ...choicePlace, ...deprecation },
  removeChoice: choicePlace,
  reorderChoices: { ...fieldPlace, order: 'texts!' },
  setTransitions: { ...fieldPlace, initial: 'texts', transitions: 'object' },
  addKey: { ...place, key: 'thing!' },
  changeKey: { ...place, key: 'text!', fields: 'texts', nullsEqual: 'flag', caseInsensitive: 'flag' },
  dropKey: { ...place, key: 'text!' },
  dropAlias: { ...place, field: 'text', alias: 'text!', force: 'flag' },
  setRole: { role: 'thing!' },
  removeRole: { role: 'text!' },
};

/** Whether the arguments have the form that the kind of change asks for; what has not is a problem. */
export function checkArguments(kind: ChangeKind, given: unknown, at: string, problems: ProblemList): boolean {
  const before = problems.count;
  if (!isObject(given)) {
    problems.add('TYPE_WRONG', at, `Here must be an object, not ${describe(given)}.`);
    return false;
  }
  const wanted = new Map<string, string>(Object.entries(forms[kind]));
  for (const name of Object.keys(given)) {
    if (!wanted.has(name)) {
      const message = `"${kind}" has no argument ${quote(name)}.${didYouMean(name, wanted.keys())}`;
      problems.add('PROPERTY_UNKNOWN', `${at}.${name}`, message);
    }
  }
  for (const [name, form] of wanted) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const plain = form.replace('!', '') as Form;
    if (value === undefined || value === null) {
      if (form.endsWith('!')) problems.add('MISSING', `${at}.${name}`, `"${kind}" needs "${name}".`);
    } else if (!isOfForm(plain, value)) {
      problems.add(
        'TYPE_WRONG',
        `${at}.${name}`,
        `"${name}" must be ${formNames[plain]}, not ${describe(value)}.`,
      );
    }
  }
  return problems.count === before;
}

const formNames: Readonly<Record<Form, string>> = {
  text: 'text',
  flag: 'true or false',
  texts: 'a list of texts',
  object: 'an object',
  json: 'a value',
  thing: 'an object with a "key"',
  things: 'a list of objects with a "key" each',
};

function isOfForm(form: Form, value: unknown): boolean {
  switch (form) {
    case 'text':
      return typeof value === 'string';
    case 'flag':
      return typeof value === 'boolean';
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'object':
      return isObject(value);
    case 'json':
      return true;
    case 'thing':
      return isObject(value) && typeof value.key === 'string';
    case 'things':
      return Array.isArray(value) && value.every((item: unknown) => isOfForm('thing', item));
  }
}
