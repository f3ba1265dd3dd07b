import { keyProblem, longestPlural } from '../keys.ts';
import { ObjectReader } from '../object-reader.ts';
import { quote } from '../quote.ts';
import type { DeprecationDocument, EntityAliasDocument } from './alias.ts';

/** Each is served beside the name of today, so there cannot be any number of them. */
const mostAliases = 20;
export const longestReason = 500;

/** Former names of a field or an entity, and its deprecation. What cannot be read is left out, with a problem. */
export function readHistory(reader: ObjectReader, what: 'field' | 'entity') {
  const aliases = readAliases(reader, what);
  const deprecated = readDeprecation(reader);
  return { ...(aliases.length > 0 && { aliases }), ...(deprecated && { deprecated }) };
}

function readAliases(reader: ObjectReader, what: 'field' | 'entity'): readonly EntityAliasDocument[] {
  const list = reader.list('aliases') ?? [];
  if (list.length > mostAliases) {
    const message = `There are ${list.length} aliases; at most ${mostAliases} are allowed. Drop those that nobody uses any more.`;
    reader.problem('LIMIT_EXCEEDED', 'aliases', message);
    return [];
  }
  return list.flatMap((item, index) => {
    const alias = ObjectReader.open(item, `${reader.at('aliases')}[${index}]`, reader.problems);
    return alias === null ? [] : readAlias(alias, what);
  });
}

function readAlias(reader: ObjectReader, what: 'field' | 'entity'): readonly EntityAliasDocument[] {
  reader.onlyKnown(what === 'entity' ? ['key', 'plural', 'since', 'later'] : ['key', 'since']);
  const key = reader.text('key');
  const plural = what === 'entity' ? reader.text('plural') : undefined;
  const later = what === 'entity' && reader.flag('later') === true;
  const since = reader.integer('since', 1, 2 ** 31 - 1);
  const problem = key === undefined ? 'An alias needs a "key".' : keyProblem(key, 'key of an alias');
  if (problem !== null) {
    reader.problem('KEY_INVALID', 'key', problem);
  }
  const pluralProblem = plural === undefined ? null : keyProblem(plural, 'plural', longestPlural);
  if (pluralProblem !== null) {
    reader.problem('KEY_INVALID', 'plural', pluralProblem);
  }
  return key === undefined || problem !== null || pluralProblem !== null
    ? []
    : [
        {
          key,
          ...(plural !== undefined && { plural }),
          ...(since !== undefined && { since }),
          ...(later && { later }),
        },
      ];
}

/** `{ "reason": "…", "replacement": "monthly_rent" }`, or undefined. */
export function readDeprecation(parent: ObjectReader): DeprecationDocument | undefined {
  if (!parent.has('deprecated') || parent.get('deprecated') === null) {
    return undefined;
  }
  const reader = ObjectReader.open(parent.get('deprecated'), parent.at('deprecated'), parent.problems);
  if (reader === null) {
    return undefined;
  }
  reader.onlyKnown(['reason', 'replacement']);
  const reason = reader.prose('reason', longestReason);
  const replacement = reader.text('replacement');
  if (!reader.has('reason') || reason?.trim() === '') {
    return reader.problem('MISSING', 'reason', 'Say why it is deprecated: clients read it as "reason".');
  }
  const problem = replacement === undefined ? null : keyProblem(replacement, 'replacement');
  if (problem !== null) {
    return reader.problem('KEY_INVALID', 'replacement', problem);
  }
  return reason === undefined ? undefined : { reason, ...(replacement !== undefined && { replacement }) };
}

/** Deprecated things name a replacement that is there. */
export function checkReplacement(
  deprecated: DeprecationDocument | undefined,
  path: string,
  known: ReadonlySet<string>,
  own: string,
  problems: ObjectReader['problems'],
): void {
  const { replacement } = deprecated ?? {};
  if (replacement !== undefined && (replacement === own || !known.has(replacement))) {
    const message = `${quote(own)} is to be replaced by ${quote(replacement)}, which is ${replacement === own ? 'itself' : 'not there'}.`;
    problems.add('FIELD_MISSING', `${path}.deprecated.replacement`, message);
  }
}
