import {
  type Change,
  type ChangeKind,
  inSteps,
  type Problem,
  type Registry,
  type Steps,
  toDocument,
} from '@formwork/registry';
import type { Backfill, CheckedChange } from '@formwork/registry-store';
import { AffectedUseType, findAffectedUses } from './affected-uses.ts';
import {
  type ApiBuilder,
  type ApiChange,
  apiChangesOf,
  emptyRegistry,
  findApiChangesInSteps,
  type Level,
  levelOf,
} from './api-changes.ts';
import { builder } from './builder.ts';
import { ChangeType, LeftBehindType } from './change.ts';
import { ProblemType } from './problem.ts';
import {
  type BrokenDocument,
  findBrokenDocuments,
  mostBroken,
} from './trusted-documents/broken-documents.ts';
import { unifiedDiff } from './unified-diff.ts';

const LevelEnum = builder.enumType('ChangeLevel', {
  description: 'What a change means to clients, by the rules of graphql-js.',
  values: {
    SAFE: { description: 'No client notices.' },
    DANGEROUS: {
      description:
        'Operations go on, and may come to something else. By the rules every new field is that, for it is a new part of inputs too.',
    },
    BREAKING: { description: 'Operations that use what is changed are refused from then on.' },
  } satisfies Record<Level, { description: string }>,
});

const ApiChangeType = builder.objectRef<ApiChange>('ApiChange').implement({
  description: 'One difference of the GraphQL API that clients may notice, as graphql-js finds it.',
  fields: (t) => ({
    level: t.field({ type: LevelEnum, resolve: ({ level }) => level }),
    type: t.exposeString('type', { description: '`"FIELD_REMOVED"`, `"VALUE_ADDED_TO_ENUM"` …' }),
    message: t.exposeString('message', { description: '`"Flight.gate was removed."`' }),
  }),
});

interface PreviewedChange {
  readonly index: number;
  readonly kind: ChangeKind;
  readonly apiChanges: readonly ApiChange[];
  readonly problems: readonly Problem[];
}

const PreviewedChangeType = builder.objectRef<PreviewedChange>('PreviewedChange').implement({
  description: 'One change of the list.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Its place in the list, from 0.' }),
    kind: t.exposeString('kind', { description: '`"renameField"`' }),
    level: t.field({ type: LevelEnum, resolve: ({ apiChanges }) => levelOf(apiChanges) }),
    apiChanges: t.expose('apiChanges', { type: [ApiChangeType] }),
    problems: t.expose('problems', { type: [ProblemType], description: 'Those that come from this change.' }),
  }),
});

const BackfillType = builder.objectRef<Backfill>('Backfill').implement({
  description:
    'Records that are touched so that an index, a key or a counter knows them: when the change is applied, or by a job afterwards ' +
    'where they are many (see `jobs`).',
  fields: (t) => ({ entity: t.exposeString('entity'), records: t.exposeInt('records') }),
});

const BrokenDocumentType = builder.objectRef<BrokenDocument>('BrokenDocument').implement({
  description: 'A trusted document that runs now and would be refused.',
  fields: (t) => ({
    documentId: t.string({
      description: 'As in `trustedDocuments`: `"sha256:…"`.',
      resolve: ({ hash }) => `sha256:${hash}`,
    }),
    ids: t.stringList({ description: 'What else clients call it.', resolve: ({ ids }) => [...ids] }),
    name: t.exposeString('name', { description: 'The names of its operations.' }),
    recordedBy: t.exposeString('recordedBy', { description: 'Who sent it first, or had it trusted.' }),
    clients: t.stringList({
      description: 'Which clients lately ran operations of these names.',
      resolve: ({ clients }) => [...clients],
    }),
    problems: t.stringList({
      description: 'What of it would not be there: `"Cannot query field …"`',
      resolve: ({ problems }) => [...problems],
    }),
  }),
});

interface SdlComparison {
  readonly before: string;
  readonly after: string;
}

const SdlType = builder.objectRef<SdlComparison>('SdlComparison').implement({
  description: 'The GraphQL schema of the tenant in SDL, now and then.',
  fields: (t) => ({
    before: t.exposeString('before'),
    after: t.exposeString('after'),
    diff: t.string({
      description: 'As `diff -u` writes it; empty where nothing changes.',
      resolve: ({ before, after }) => unifiedDiff(before, after),
    }),
  }),
});

/** What a request would do. `changes` is there where it was a list of changes. */
export interface Preview {
  readonly checked: CheckedChange;
  readonly changes: readonly Change[];
  /** Days, where it was said. */
  readonly usageWindow?: number | undefined;
}

export const PreviewType = builder.objectRef<Preview>('Preview').implement({
  description: 'What would be, if it was applied. Nothing has been changed.',
  fields: (t) => ({
    version: t.int({
      description: 'Of the registry as it is: the `expectedVersion` of what was previewed.',
      resolve: ({ checked }) => checked.version,
    }),
    isApplicable: t.boolean({
      description: 'Whether there is no problem.',
      resolve: ({ checked }) => checked.problems.length === 0,
    }),
    problems: t.field({
      type: [ProblemType],
      description: 'All of them, those of records that would break a new rule included.',
      resolve: ({ checked }) => checked.problems,
    }),
    level: t.field({
      type: LevelEnum,
      nullable: true,
      description: 'Of all of it together. Null where the problems leave nothing to compare.',
      resolve: async ({ checked }, _args, { api }) => {
        const found = await compare(api, checked);
        return found && levelOf(found);
      },
    }),
    apiChanges: t.field({
      type: [ApiChangeType],
      description: 'What clients may notice, between the schema of now and the one at the end of the list.',
      resolve: async ({ checked }, _args, { api }) => (await compare(api, checked)) ?? [],
    }),
    changes: t.field({
      type: [PreviewedChangeType],
      description: 'Each change of the list by itself.',
      resolve: ({ checked, changes }, _args, { api }) => inSteps(eachChange(api, checked, changes)),
    }),
    effects: t.field({
      type: [ChangeType],
      description: 'What becomes of the registry, in sentences.',
      resolve: ({ checked }) => checked.changes,
    }),
    leftBehind: t.field({ type: [LeftBehindType], resolve: ({ checked }) => checked.leftBehind }),
    usedBy: t.field({
      type: [AffectedUseType],
      description:
        'Which clients used what is to change lately: within `unusedForDays`. Gateways tell of it every few seconds.',
      resolve: async ({ checked, usageWindow }, _args, { usage, store }) =>
        findAffectedUses(checked, await usage(), usageWindow ?? store.usageWindow),
    }),
    brokenDocuments: t.field({
      type: [BrokenDocumentType],
      description:
        'Trusted documents that would not run any more: the first ' +
        `${mostBroken}. Those that do not run now are not among them.`,
      resolve: async ({ checked: { before, after } }, _args, { api, documents, usage }) =>
        after === null
          ? []
          : findBrokenDocuments(
              {
                before: await inSteps(api.build(before ?? emptyRegistry())),
                after: await inSteps(api.build(after)),
              },
              documents.list,
              await usage(),
            ),
    }),
    backfill: t.field({ type: [BackfillType], resolve: ({ checked }) => checked.backfill }),
    sdl: t.field({
      type: SdlType,
      nullable: true,
      description: 'Null where the problems leave nothing to compare.',
      resolve: ({ checked: { before, after } }, _args, { api }) =>
        after && inSteps(sdlOf(api, before, after)),
    }),
    document: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The registry as it would be, as a document.',
      resolve: ({ checked: { after } }) => after && toDocument(after),
    }),
  }),
});

/** For as long as somebody reads of it: several fields tell of it. */
const compared = new WeakMap<CheckedChange, Promise<readonly ApiChange[] | null>>();

function compare(api: ApiBuilder, checked: CheckedChange): Promise<readonly ApiChange[] | null> {
  const known = compared.get(checked) ?? inSteps(findChanges(api, checked));
  compared.set(checked, known);
  return known;
}

function* findChanges(api: ApiBuilder, { before, after }: CheckedChange): Steps<readonly ApiChange[] | null> {
  if (after === null) return null;
  const was = yield* api.build(before ?? emptyRegistry());
  return yield* findApiChangesInSteps(was, yield* api.build(after));
}

function* sdlOf(api: ApiBuilder, before: Registry | null, after: Registry): Steps<SdlComparison> {
  const was = yield* api.sdl(before ?? emptyRegistry());
  return { before: was, after: yield* api.sdl(after) };
}

function* eachChange(
  api: ApiBuilder,
  checked: CheckedChange,
  changes: readonly Change[],
): Steps<readonly PreviewedChange[]> {
  const { after, problems } = checked;
  const found = after ? yield* apiChangesOf(api, checked, changes.length) : [];
  return changes.map((change, index) => ({
    index,
    kind: Object.keys(change)[0] as ChangeKind,
    apiChanges: found[index] ?? [],
    problems: problems.filter(({ path }) => path.startsWith(`changes[${index}]`)),
  }));
}
