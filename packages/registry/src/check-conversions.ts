import type { Identities } from './aliases/identities.ts';
import type { Removed } from './changes/change-context.ts';
import { nameOf } from './changes/change-log.ts';
import { findNeeds } from './changes/find-needs.ts';
import { toWorkingEntity } from './changes/working-document.ts';
import { conversionRule, conversionTargets } from './conversions.ts';
import { didYouMean } from './did-you-mean.ts';
import type { ConvertedFromDocument, FieldDocument } from './document.ts';
import { type Draft, type DraftEntity, type DraftField, documentOf } from './draft.ts';
import type { Conversion } from './model.ts';
import type { ProblemList } from './problem-list.ts';
import { quote } from './quote.ts';

/** A field of the document that is converted from another one. */
export interface DraftConversion {
  readonly entity: DraftEntity;
  readonly field: DraftField;
  readonly source: FieldDocument;
  readonly allowLoss: boolean;
  readonly state: Exclude<Conversion['state'], 'contracted'>;
}

export interface ConversionContext {
  readonly identities: Identities;
  readonly problems: ProblemList;
  /** Storage keys of the entities that have records. */
  readonly populated: ReadonlySet<string>;
}

/** The conversions that the document asks for; those that cannot be are problems. */
export function checkConversions(draft: Draft, context: ConversionContext): readonly DraftConversion[] {
  const conversions = draft.entities.flatMap((entity) => {
    const sources = new Set<string>();
    return entity.fields.flatMap((field): readonly DraftConversion[] => {
      const { convertedFrom } = field.document ?? {};
      if (convertedFrom === undefined) {
        checkEnd(entity, field, context);
        return [];
      }
      const checked = checkOne(entity, field, convertedFrom, sources, context);
      return checked === null ? [] : [checked];
    });
  });
  checkUsers(draft, conversions, context.problems);
  return conversions;
}

function checkOne(
  entity: DraftEntity,
  field: DraftField,
  { field: sourceKey, allowLoss = false }: ConvertedFromDocument,
  sources: Set<string>,
  { identities, problems, populated }: ConversionContext,
): DraftConversion | null {
  const path = `${field.path}.convertedFrom`;
  const source = entity.fields.find(({ key }) => key === sourceKey && key !== field.key)?.document;
  if (!source || !field.document) {
    const keys = entity.fields.map(({ key }) => key).filter((key) => key !== field.key);
    const message = `The field ${quote(field.key)} is to be converted from ${quote(sourceKey)}, and the entity has no other field of that key.${didYouMean(sourceKey, keys)} Once that is removed, leave "convertedFrom" out.`;
    problems.add('FIELD_MISSING', `${path}.field`, message);
    return null;
  }
  const today = identities.fieldOf(entity.key, field.key);
  const sourceToday = identities.fieldOf(entity.key, sourceKey);
  const isPopulated = populated.has(identities.storageKeyOfEntity(entity.key) ?? '');
  const goesOn = today?.conversion?.from === sourceToday?.storageKey ? today?.conversion?.state : undefined;
  const state = goesOn === 'ready' || !(isPopulated && sourceToday) ? 'ready' : 'filling';
  const refuse = (why: string, at = path) => problems.add('NOT_SUPPORTED', at, why);
  const name = nameOf(entity.key, field.key);
  if (today && goesOn === undefined) {
    refuse(
      `The field ${name} is there already, with values of its own. Only a new field can be converted from ${quote(sourceKey)}.`,
    );
  } else if (source.convertedFrom) {
    refuse(
      `${nameOf(entity.key, sourceKey)} is itself converted from ${quote(source.convertedFrom.field)}. Remove that one first.`,
    );
  } else if (sources.has(sourceKey)) {
    refuse(
      `${nameOf(entity.key, sourceKey)} is converted into another field already. Remove one of the two.`,
    );
  } else checkTypes(name, field.document, source, path, refuse);
  sources.add(sourceKey);
  checkRules(name, field, source, state, refuse);
  return { entity, field, source, allowLoss, state };
}

type Refuse = (why: string, at?: string) => void;

function checkTypes(
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
function checkRules(
  name: string,
  { path, document }: DraftField,
  source: FieldDocument,
  state: DraftConversion['state'],
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

/** Two fields that are written as one do not part while both are there. */
function checkEnd(entity: DraftEntity, field: DraftField, { identities, problems }: ConversionContext): void {
  const { conversion } = identities.fieldOf(entity.key, field.key) ?? {};
  if (!conversion || conversion.state === 'contracted' || field.document === null) return;
  const source = entity.fields.find(
    ({ key }) => identities.fieldOf(entity.key, key)?.storageKey === conversion.from,
  );
  if (!source) return;
  const message = `${nameOf(entity.key, field.key)} is converted from ${quote(source.key)}, and both are written as one. Say "convertedFrom": { "field": ${JSON.stringify(source.key)} }, or remove one of the two.`;
  problems.add('CONVERSION_ENDED', `${field.path}.convertedFrom`, message);
}

/** What is not filled yet serves nothing. */
function checkUsers(draft: Draft, conversions: readonly DraftConversion[], problems: ProblemList): void {
  const filling = conversions.filter(({ state }) => state === 'filling');
  if (filling.length === 0) return;
  const { entities, roles } = documentOf(draft);
  const wanted = filling.map(
    ({ entity, field }, index): Removed => ({ index, at: field.path, entity: entity.key, field: field.key }),
  );
  const document = {
    entities: entities.map(toWorkingEntity),
    roles,
    storageKeys: new Map(),
    unserved: new Set<never>(),
  };
  for (const [{ at, entity, field }, users] of findNeeds(document, wanted)) {
    const serious = users.filter((user) => !user.startsWith('the deprecation of'));
    if (serious.length === 0) continue;
    const message = `${nameOf(entity, field ?? '')} is not filled yet, so ${serious.join(', ')} cannot use it. Do that once it is ready.`;
    problems.add('STILL_FILLING', at, message);
  }
}
