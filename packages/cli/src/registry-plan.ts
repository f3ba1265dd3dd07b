import {
  type AffectedUse,
  type ApiChange,
  type BrokenDocument,
  emptyRegistry,
  findAffectedUses,
  findApiChanges,
  findBrokenDocuments,
  levelOf,
  unifiedDiff,
} from '@formwork/design-api';
import { listTrustedDocuments } from '@formwork/directory';
import type { ControlPlane } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import {
  type Backfill,
  type CheckedChange,
  type LeftBehind,
  readUsage,
  tellUse,
} from '@formwork/registry-store';
import { buildGraphqlSchema, printTenantSchema } from '@formwork/schema-factory';
import { quote } from './quote.ts';

/** Where the design is that would change. */
export interface Place {
  readonly control: ControlPlane;
  readonly tenantId: string;
  /** Days for which it is told who has used what changes. */
  readonly usageWindow: number;
}

/** What applying a design would mean. */
export interface Plan {
  readonly tenant: string;
  readonly version: number;
  readonly level: string;
  readonly changes: CheckedChange['changes'];
  readonly apiChanges: readonly ApiChange[];
  readonly leftBehind: readonly LeftBehind[];
  readonly backfill: readonly Backfill[];
  /** Trusted documents that would not run any more. */
  readonly brokenDocuments: readonly BrokenDocument[];
  /** Who has used lately what would change. */
  readonly affectedUses: readonly AffectedUse[];
  /** As `diff -u` writes it. */
  readonly sdlDiff: string;
}

export async function planOf(
  tenant: string,
  { control, tenantId, usageWindow }: Place,
  { version, changes, leftBehind, backfill, before, after }: CheckedChange,
): Promise<Plan> {
  const build = (registry: Registry | null) => buildGraphqlSchema(registry ?? emptyRegistry());
  const [was, is] = [build(before), build(after)];
  const apiChanges = findApiChanges(was, is);
  const sdlDiff = unifiedDiff(printTenantSchema(was), printTenantSchema(is));
  const uses = await readUsage(control, tenantId);
  const affectedUses = findAffectedUses({ before, after }, uses, usageWindow);
  const brokenDocuments = await findBrokenDocuments(
    { before: was, after: is },
    (page) => listTrustedDocuments(control, tenantId, page),
    uses,
  );
  return {
    ...{ tenant, version, level: levelOf(apiChanges), changes, apiChanges, brokenDocuments, affectedUses },
    ...{ leftBehind, backfill, sdlDiff },
  };
}

function describeBroken({ hash, name, clients, problems }: BrokenDocument): string {
  const called = name === '' ? '' : `, ${quote(name)}`;
  const sent = clients.length === 0 ? '' : `, sent by ${clients.map(quote).join(', ')}`;
  return `  - sha256:${hash}${called}${sent}: ${problems[0]}`;
}

function describeUse({ entity, field, use }: AffectedUse): string {
  return `  - ${quote(field === null ? entity : `${entity}.${field}`)} by ${tellUse(use)}`;
}

export function describePlan(plan: Plan, showsSdl: boolean): readonly string[] {
  const { tenant, version, level, changes, apiChanges, brokenDocuments, affectedUses } = plan;
  const { leftBehind, backfill, sdlDiff } = plan;
  if (changes.length === 0) {
    return [
      `Nothing to change: the registry of ${quote(tenant)} is as the file says, at version ${version}.`,
    ];
  }
  return [
    `The registry of ${quote(tenant)}, at version ${version}, would change:`,
    ...changes.map(({ message }) => `  - ${message}`),
    `For clients that is ${level}${apiChanges.length > 0 ? ':' : '.'}`,
    ...apiChanges.map((change) => `  - ${change.level} ${change.type}: ${change.message}`),
    ...(brokenDocuments.length > 0 ? ['Trusted documents that would not run any more:'] : []),
    ...brokenDocuments.map(describeBroken),
    ...(affectedUses.length > 0 ? ['Of what would change clients have used lately:'] : []),
    ...affectedUses.map(describeUse),
    ...backfill.map(({ entity, records }) => `${records} records of ${quote(entity)} would be touched.`),
    ...leftBehind.map(describeLeftBehind),
    ...(showsSdl && sdlDiff !== '' ? ['The GraphQL schema would change:', sdlDiff.trimEnd()] : []),
    'Nothing was applied.',
  ];
}

export function describeLeftBehind({ entity, field, records }: LeftBehind): string {
  const name = quote(field === null ? entity : `${entity}.${field}`);
  return `${name} is gone from the design; what ${records} ${records === 1 ? 'record has' : 'records have'} of it is kept, out of sight.`;
}
