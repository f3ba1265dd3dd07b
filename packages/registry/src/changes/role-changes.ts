import { checkJson } from '../check-json.ts';
import { didYouMean } from '../did-you-mean.ts';
import { defaultLimits } from '../limits.ts';
import { ObjectReader } from '../object-reader.ts';
import type { Problem } from '../problem.ts';
import { ProblemList } from '../problem-list.ts';
import { quote } from '../quote.ts';
import { readRoles } from '../roles/read-roles.ts';
import type { RoleDocument } from '../roles/role-document.ts';
import type { ChangeKinds } from './change.ts';
import type { ChangeContext } from './change-context.ts';
import { nameOf } from './change-log.ts';

/** The role as it is said here takes the place of the one with its key, or comes behind the others. */
export function setRole(context: ChangeContext, change: ChangeKinds['setRole']): void {
  const role = readRole(context, change.role);
  if (role === undefined) return;
  const roles = context.document.roles ?? [];
  const before = roles.find(({ key }) => key === role.key);
  if (before && !context.touch(before, 'gone', 'role', nameOf(role.key))) return;
  context.log.touch(role, { index: context.index, at: context.at, property: '*', argument: '.role' });
  context.document.roles = before ? roles.map((one) => (one === before ? role : one)) : [...roles, role];
}

export function removeRole(context: ChangeContext, change: ChangeKinds['removeRole']): void {
  const roles = context.document.roles ?? [];
  const role = roles.find(({ key }) => key === change.role);
  if (role === undefined) {
    const keys = roles.map(({ key }) => key);
    const message = () => `There is no role ${quote(change.role)}.${didYouMean(change.role, keys)}`;
    context.problem('ROLE_MISSING', 'role', message);
    return;
  }
  if (!context.touch(role, 'gone', null, nameOf(role.key))) return;
  const others = roles.filter((one) => one !== role);
  context.document.roles = others.length > 0 ? others : undefined;
}

/** What later changes rename in it must have the form of a role. */
function readRole(context: ChangeContext, given: unknown): RoleDocument | undefined {
  const problems = new ProblemList();
  const reader =
    checkJson(given, defaultLimits.documentLength, problems) &&
    ObjectReader.open({ roles: [given] }, '', problems);
  const [draft] = reader ? readRoles(reader, problems, defaultLimits) : [];
  for (const { code, path, message } of problems.toArray()) {
    context.problem(code as Problem['code'], path.replace(/^roles\[0\]/, 'role'), message);
  }
  return problems.count > 0 ? undefined : draft?.document;
}
