import type { Problem } from '@formwork/registry';
import { builder } from './builder.ts';

interface RecordsInTheWay {
  readonly count: number;
  readonly examples: readonly string[];
}

export const RecordsType = builder.objectRef<RecordsInTheWay>('RecordsInTheWay').implement({
  description: 'Records that break a rule.',
  fields: (t) => ({
    count: t.exposeInt('count'),
    examples: t.idList({ description: 'Ids of some of them.', resolve: ({ examples }) => [...examples] }),
  }),
});

export const ProblemType = builder.objectRef<Problem>('Problem').implement({
  description:
    'One thing that is wrong with what was asked for. While there is any, nothing of it is applied.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'For machines: `"NAME_COLLISION"`, `"TARGET_MISSING"` …' }),
    path: t.exposeString('path', {
      description: 'Where: `"changes[3].renameField.to"`, `"entities[0].fields[2].options.target"`.',
    }),
    records: t.expose('records', { type: RecordsType, nullable: true }),
    message: t.exposeString('message', { description: 'What is wrong and what to do about it.' }),
  }),
});
