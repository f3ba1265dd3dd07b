import { checkReplacement, readDeprecation } from './aliases/read-aliases.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Choice, FieldOptions } from './document.ts';
import { keyProblem } from './keys.ts';
import type { Limits } from './limits.ts';
import { ObjectReader } from './object-reader.ts';
import { describe, quote } from './quote.ts';
import { readProse } from './read-prose.ts';

/** The choices of a select or multi_select: at least one, each with a key of its own. */
export function readChoices(
  reader: ObjectReader,
  key: string,
  limits: Limits,
): Pick<FieldOptions, 'choices'> {
  const list = reader.list('choices');
  if (list === undefined || list.length === 0) {
    if (list !== undefined || !reader.has('choices')) {
      reader.problem(
        'MISSING',
        'choices',
        `The field ${quote(key)} needs at least one choice in "options.choices".`,
      );
    }
    return {};
  }
  if (list.length > limits.choicesPerSelect) {
    const message = `The field ${quote(key)} has ${list.length} choices; at most ${limits.choicesPerSelect} are allowed.`;
    reader.problem('LIMIT_EXCEEDED', 'choices', message);
  }
  const seen = new Set<string>();
  const read = list.slice(0, limits.choicesPerSelect);
  const choices = read.flatMap((item, index) =>
    readChoice(item, `${reader.at('choices')}[${index}]`, reader, seen),
  );
  const keys = new Set(choices.map((choice) => choice.key));
  for (const { key: own, deprecated } of choices) {
    checkReplacement(deprecated, reader.at('choices'), keys, own, reader.problems);
  }
  return { choices };
}

function readChoice(item: unknown, path: string, parent: ObjectReader, seen: Set<string>): readonly Choice[] {
  const reader = ObjectReader.open(item, path, parent.problems);
  if (reader === null) {
    return [];
  }
  reader.onlyKnown(['key', 'label', 'description', 'deprecated']);
  const key = reader.get('key');
  const prose = readProse(reader);
  const problem = typeof key === 'string' ? keyProblem(key, 'key of a choice') : null;
  if (typeof key !== 'string' || problem !== null) {
    const message = problem ?? `The key of a choice must be text, not ${describe(key)}.`;
    reader.problem('KEY_INVALID', 'key', message);
    return [];
  }
  if (seen.has(key)) {
    reader.problem('KEY_DUPLICATE', 'key', `The choice ${quote(key)} is there twice. Remove one.`);
    return [];
  }
  seen.add(key);
  const deprecated = readDeprecation(reader);
  return [{ key, ...prose, ...(deprecated && { deprecated }) }];
}

/** `initial` and `transitions` speak of choices that exist. */
export function readTransitions(reader: ObjectReader): Pick<FieldOptions, 'initial' | 'transitions'> {
  const choices = choiceKeys(reader);
  const initial = reader.texts('initial');
  checkChoices(reader, reader.at('initial'), initial ?? [], choices);
  if (initial?.length === 0) {
    reader.problem(
      'OPTION_INVALID',
      'initial',
      'The list "initial" is empty, so no record could be made. Leave it out.',
    );
  }
  const transitions = readTransitionMap(reader, choices);
  return { ...(initial && { initial }), ...(transitions && { transitions }) };
}

function readTransitionMap(
  reader: ObjectReader,
  choices: ReadonlySet<string>,
): FieldOptions['transitions'] | null {
  if (!reader.has('transitions')) {
    return null;
  }
  const map = ObjectReader.open(reader.get('transitions'), reader.at('transitions'), reader.problems);
  const entries = (map?.names() ?? []).map((from) => {
    checkChoices(reader, map?.at(from) ?? '', [from], choices);
    const next = map?.texts(from) ?? [];
    checkChoices(reader, map?.at(from) ?? '', next, choices);
    return [from, next] as const;
  });
  // fromEntries defines properties, so that a choice "__proto__" would be one like any other.
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function checkChoices(
  reader: ObjectReader,
  path: string,
  keys: readonly string[],
  choices: ReadonlySet<string>,
): void {
  for (const key of keys.filter((one) => !choices.has(one))) {
    reader.problems.add(
      'CHOICE_UNKNOWN',
      path,
      () => `There is no choice ${quote(key)}.${didYouMean(key, choices)}`,
    );
  }
}

/** Whatever was given as a key of a choice, right or wrong: a wrong one has its own problem already. */
function choiceKeys(reader: ObjectReader): ReadonlySet<string> {
  const list = reader.get('choices');
  const keys = (Array.isArray(list) ? list : []).map((item: unknown) =>
    typeof item === 'object' && item !== null ? Reflect.get(item, 'key') : undefined,
  );
  return new Set(keys.filter((key): key is string => typeof key === 'string'));
}
