import type { CodegenConfig } from '@graphql-codegen/cli';
import { headers, url } from '../gateway.ts';

/** Each operation gets an id, and a manifest says what the ids stand for: `formwork documents add` takes it. */
const config: CodegenConfig = {
  schema: [{ [url]: { headers } }],
  documents: ['trusted/client.ts'],
  generates: {
    'generated/trusted/': {
      preset: 'client',
      presetConfig: { persistedDocuments: true },
      config: { documentMode: 'string', emitLegacyCommonJSImports: false, useTypeImports: true },
    },
  },
};

export default config;
