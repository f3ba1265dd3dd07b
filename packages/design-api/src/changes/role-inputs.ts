import { builder } from '../builder.ts';

export const SetRoleInput = builder.inputType('SetRoleInput', {
  description: 'Makes a role, or puts it in the place of the one with its key.',
  fields: (t) => ({
    role: t.field({
      type: 'JSON',
      required: true,
      description: 'As in documents: its key, label and description, and its permissions.',
    }),
  }),
});

export const RemoveRoleInput = builder.inputType('RemoveRoleInput', {
  description: 'Keys of the role open nothing from then on.',
  fields: (t) => ({ role: t.string({ required: true, description: 'Its key: `"crew"`.' }) }),
});
