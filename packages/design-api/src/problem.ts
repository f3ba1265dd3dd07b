import type { Problem } from '@formwork/registry';
import { builder } from './builder.ts';

export const ProblemType = builder.objectRef<Problem>('Problem').implement({
  description:
    'One thing that is wrong with a document. While there is any, nothing of the document is applied.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'For machines: `"NAME_COLLISION"`, `"TARGET_MISSING"` …' }),
    path: t.exposeString('path', { description: 'Where: `"entities[0].fields[2].options.target"`.' }),
    message: t.exposeString('message', { description: 'What is wrong and what to do about it.' }),
  }),
});
