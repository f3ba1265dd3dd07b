import { GraphQLError } from 'graphql';
import { AllowanceType } from '../allowance.ts';
import { builder } from '../builder.ts';
import type { DocumentMode, StoredDocument } from './document-store.ts';

const mostListed = 1_000;

export const DocumentModeType = builder.enumType('TrustedDocumentMode', {
  description: 'Which GraphQL documents the tenant’s clients may send to `/graphql`.',
  values: {
    OFF: { value: 'off' as const, description: 'Any. Those that are trusted can be asked for by id.' },
    RECORD: { value: 'record' as const, description: 'Any, and each that runs becomes a trusted one.' },
    ENFORCE: {
      value: 'enforce' as const,
      description:
        'Trusted ones alone, whoever asks. Designers and admins may ask for the schema as well, for their tools.',
    },
  },
});

const TrustedDocumentType = builder.objectRef<StoredDocument>('TrustedDocument').implement({
  description: 'A document that clients may run, and may name instead of sending it.',
  fields: (t) => ({
    documentId: t.string({
      description: 'What it can be asked for by: `"sha256:…"`, of its text.',
      resolve: ({ hash }) => `sha256:${hash}`,
    }),
    ids: t.stringList({
      description: 'What else clients call it: the ids that their own tools gave it.',
      resolve: ({ ids }) => [...ids],
    }),
    name: t.exposeString('name', { description: 'The names of its operations.' }),
    document: t.exposeString('document'),
    recorded: t.exposeBoolean('isRecorded', {
      description: 'Kept as a client sent it, rather than added on purpose.',
    }),
    recordedAt: t.field({ type: 'DateTime', resolve: ({ recordedAt }) => recordedAt.toISOString() }),
    recordedBy: t.exposeString('recordedBy'),
  }),
});

/** The mode and the count are read when the change that leads here is done. */
export interface TrustedDocuments {
  readonly mode: DocumentMode;
  readonly count: number;
}

export const TrustedDocumentsType = builder.objectRef<TrustedDocuments>('TrustedDocuments').implement({
  description: 'The documents that the tenant trusts, and whether others run too.',
  fields: (t) => ({
    mode: t.expose('mode', { type: DocumentModeType }),
    allowance: t.field({
      type: AllowanceType,
      resolve: ({ count }, _args, { documents }) => ({ limit: documents.limit, used: count }),
    }),
    documents: t.field({
      type: [TrustedDocumentType],
      description: 'By hash; the next ones with the `documentId` of the last.',
      args: {
        first: t.arg.int({ required: true, defaultValue: 100, description: `At most ${mostListed}.` }),
        after: t.arg.string(),
      },
      resolve: (_root, { first, after }, { documents }) => {
        if (first < 0 || first > mostListed) {
          throw new GraphQLError(`"first" is ${first}; it must be from 0 to ${mostListed}.`, {
            extensions: { code: first < 0 ? 'BAD_USER_INPUT' : 'LIMIT_EXCEEDED' },
          });
        }
        return documents.list({ first, after: (after ?? '').replace(/^sha256:/, '') });
      },
    }),
  }),
});
