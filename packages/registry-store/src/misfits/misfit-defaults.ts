import { type Field, Pace, type Problem, quote, type Registry } from '@formwork/registry';
import { matcherOf } from './matcher.ts';

/**
 * Patterns that the engine cannot run, and defaults that their pattern does not match: no record could be made. The pure
 * checks of a registry have no engine. Looks only at what has changed.
 */
export async function findMisfitDefaults(before: Registry | null, after: Registry): Promise<Problem[]> {
  const problems: Problem[] = [];
  const pace = new Pace();
  for (const [index, entity] of after.entities.entries()) {
    await pace.rest();
    const was = before?.entityByStorageKey.get(entity.storageKey);
    for (const [position, field] of entity.allFields.entries()) {
      if (isAsBefore(field, was?.fieldByStorageKey.get(field.storageKey))) continue;
      problems.push(...problemsOf(field, `entities[${index}].fields[${position}]`));
    }
  }
  return problems;
}

function isAsBefore({ options: { pattern }, default: value }: Field, was: Field | undefined): boolean {
  return pattern === undefined || (was?.options.pattern === pattern && was.default === value);
}

function problemsOf({ key, options: { pattern = '' }, default: value }: Field, path: string): Problem[] {
  const matches = matcherOf(pattern);
  if (matches === null) {
    const message = `The pattern ${quote(pattern)} of the field ${quote(key)} has something that is not supported. Write it more simply.`;
    return [{ code: 'PATTERN_INVALID', path: `${path}.options.pattern`, message }];
  }
  if (typeof value !== 'string' || matches(value)) return [];
  const message = `The default of the field ${quote(key)}, ${quote(value)}, does not match its pattern ${pattern}. Change one of the two.`;
  return [{ code: 'DEFAULT_INVALID', path: `${path}.default`, message }];
}
