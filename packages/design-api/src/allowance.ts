import { builder } from './builder.ts';

interface Allowance {
  readonly limit: number;
  readonly used: number;
}

export const AllowanceType = builder.objectRef<Allowance>('Allowance').implement({
  description: 'A limit, and how far it is from being reached.',
  fields: (t) => ({
    limit: t.exposeInt('limit'),
    used: t.exposeInt('used'),
    left: t.int({ resolve: ({ limit, used }) => Math.max(0, limit - used) }),
  }),
});
