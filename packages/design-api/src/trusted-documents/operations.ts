import { inSteps, type Problem } from '@formwork/registry';
import { emptyRegistry } from '../api-changes.ts';
import { builder } from '../builder.ts';
import type { DesignContext } from '../context.ts';
import { ProblemType } from '../problem.ts';
import { checkDocuments, problemOf } from './check-documents.ts';
import type { GivenDocument } from './document-store.ts';
import { DocumentModeType, type TrustedDocuments, TrustedDocumentsType } from './trusted-documents-type.ts';

interface AddPayload {
  readonly added: number;
  readonly known: number;
  readonly problems: readonly Problem[];
}

const AddPayloadType = builder.objectRef<AddPayload>('AddTrustedDocumentsPayload').implement({
  description: 'What became of documents that were to be trusted.',
  fields: (t) => ({
    added: t.exposeInt('added'),
    known: t.exposeInt('known', { description: 'Trusted already.' }),
    problems: t.expose('problems', { type: [ProblemType], description: 'None: they are trusted now.' }),
    trustedDocuments: t.field({
      type: TrustedDocumentsType,
      resolve: (_root, _args, context) => read(context),
    }),
  }),
});

interface RemovePayload {
  readonly removed: readonly string[];
}

const RemovePayloadType = builder.objectRef<RemovePayload>('RemoveTrustedDocumentsPayload').implement({
  description: 'What is trusted no longer.',
  fields: (t) => ({
    removed: t.stringList({
      description: 'The `documentId` of each that was there.',
      resolve: ({ removed }) => removed.map((hash) => `sha256:${hash}`),
    }),
    trustedDocuments: t.field({
      type: TrustedDocumentsType,
      resolve: (_root, _args, context) => read(context),
    }),
  }),
});

const DocumentInput = builder.inputType('TrustedDocumentInput', {
  description: 'A document that clients are to be allowed to run.',
  fields: (t) => ({
    document: t.string({
      required: true,
      description: 'Its text, to the letter as clients send or hash it.',
    }),
    id: t.string({ description: 'What the client’s tools call it, if not by the sha256 of its text.' }),
  }),
});

builder.queryFields((t) => ({
  trustedDocuments: t.field({
    type: TrustedDocumentsType,
    description:
      'Which documents clients may send: `{ trustedDocuments { mode documents { documentId name } } }`.',
    resolve: (_root, _args, context) => read(context),
  }),
}));

builder.mutationFields((t) => ({
  setTrustedDocumentMode: t.field({
    type: TrustedDocumentsType,
    description:
      'Changes which documents clients may send, for every gateway from the next request on. `/design` itself takes any.',
    args: { mode: t.arg({ type: DocumentModeType, required: true }) },
    resolve: async (_root, { mode }, context) => {
      await context.documents.setMode(mode);
      return read(context);
    },
  }),
  addTrustedDocuments: t.field({
    type: AddPayloadType,
    description:
      'Trusts all of the documents or, while one of them does not fit the schema, none: ' +
      '`addTrustedDocuments(documents: [{ document: "{ flights { totalCount } }" }]) { added problems { path message } }`',
    args: { documents: t.arg({ type: [DocumentInput], required: true }) },
    resolve: (_root, { documents }, context) =>
      add(
        context,
        documents.map(({ document, id }) => ({ document, id: id ?? null })),
      ),
  }),
  removeTrustedDocuments: t.field({
    type: RemovePayloadType,
    description: 'Trusts them no longer, at once. Those that are not there are passed over.',
    args: { ids: t.arg.stringList({ required: true, description: 'Of either kind.' }) },
    resolve: async (_root, { ids }, { documents }) => ({ removed: await documents.remove(ids) }),
  }),
}));

function read({ documents }: DesignContext): Promise<TrustedDocuments> {
  return documents.read();
}

async function add(
  { store, api, tenantId, documents }: DesignContext,
  given: readonly GivenDocument[],
): Promise<AddPayload> {
  const { registry } = await store.load(tenantId);
  const schema = await inSteps(api.build(registry ?? emptyRegistry()));
  const checked = checkDocuments(schema, given, documents.largest);
  if ('problems' in checked) return { added: 0, known: 0, problems: checked.problems };
  const { problems, ...outcome } = { added: 0, known: 0, ...(await documents.add(checked.documents)) };
  return { ...outcome, problems: (problems ?? []).map(({ index, message }) => problemOf(index, message)) };
}
