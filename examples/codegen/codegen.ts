import type { CodegenConfig } from '@graphql-codegen/cli';
import { headers, url } from '../gateway.ts';

/** Types from introspection. The scalars are told as the JSON of an answer has them. */
const config: CodegenConfig = {
  schema: [{ [url]: { headers } }],
  documents: ['codegen/client.ts'],
  generates: {
    'generated/codegen/': {
      preset: 'client',
      config: {
        documentMode: 'string',
        emitLegacyCommonJSImports: false,
        useTypeImports: true,
        scalars: {
          DateTime: 'string',
          Decimal: 'string',
          Date: 'string',
          Time: 'string',
          Duration: 'string',
          JSON: 'unknown',
          ByField: 'object',
        },
      },
    },
  },
};

export default config;
