import type { Problem } from '../problem.ts';
import type { ChangeRun } from './apply-changes.ts';
import type { WorkingThing } from './working-document.ts';

/** What of a field records break, where a problem with them names the field alone. */
const ruleOf: Readonly<Record<string, string>> = {
  VALUES_MISSING: '.required',
  VALUES_NOT_UNIQUE: '.unique',
  VALUES_DO_NOT_FIT: '.options',
};

/** The change that a problem with the document comes from, by the innermost thing in its path that a change wrote. */
export function locateInChanges({ document, log }: ChangeRun, problem: Problem): Problem {
  const [, role, ofRole = ''] = /^roles\[(\d+)\](.*)$/s.exec(problem.path) ?? [];
  const thing = role === undefined ? undefined : document.roles?.[Number(role)];
  if (thing !== undefined) {
    return log.locate(problem, [{ thing, rest: ofRole }]);
  }
  const [, index, inside = ''] = /^entities\[(\d+)\](.*)$/s.exec(problem.path) ?? [];
  const entity = index === undefined ? undefined : document.entities[Number(index)];
  if (entity === undefined) {
    return log.locate(problem, []);
  }
  const things: { readonly thing: WorkingThing; readonly rest: string }[] = [{ thing: entity, rest: inside }];
  const [, list, place, rest = ''] = /^\.(fields|keys)\[(\d+)\](.*)$/s.exec(inside) ?? [];
  const inner = list === 'fields' ? entity.fields[Number(place)] : entity.keys[Number(place)];
  if (list !== undefined && inner !== undefined) {
    things.unshift({ thing: inner, rest: rest || (ruleOf[problem.code] ?? '') });
  }
  return log.locate(problem, things);
}
