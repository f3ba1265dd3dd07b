import type { Identities } from './aliases/identities.ts';
import type { Removed } from './changes/change-context.ts';
import { nameOf } from './changes/change-log.ts';
import { findNeeds } from './changes/find-needs.ts';
import { toWorkingEntity } from './changes/working-document.ts';
import { checkConvertedRules, checkConvertedTypes } from './check-converted.ts';
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
  // One that comes back has values too, and nobody knows whether the other was filled when they went.
  const hasValues = isPopulated && (sourceToday ?? identities.returningFieldOf(entity.key, sourceKey));
  const state = goesOn === 'ready' || !hasValues ? 'ready' : 'filling';
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
  } else checkConvertedTypes(name, field.document, source, path, refuse);
  sources.add(sourceKey);
  checkConvertedRules(name, field, source, state, refuse);
  return { entity, field, source, allowLoss, state };
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
    ({ entity, field }, index): Removed => ({ index, at: field.path, entity, field: field.key, links: [] }),
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
    const message = `${nameOf(entity.key, field ?? '')} is not filled yet, so ${serious.join(', ')} cannot use it. Do that once it is ready.`;
    problems.add('STILL_FILLING', at, message);
  }
}
