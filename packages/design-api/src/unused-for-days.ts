import { GraphQLError } from 'graphql';

export const unusedForDays =
  'Days for which nobody may have used a field, an entity or an old name that is to go. 30, unless the installation ' +
  'has it otherwise (`FORMWORK_USAGE_WINDOW_DAYS`).';

/** @throws BAD_USER_INPUT for what is no number of days */
export function daysOf(given: number | null | undefined): number | undefined {
  if (given == null) return undefined;
  if (given >= 0 && given <= 36_500) return given;
  throw new GraphQLError(`"unusedForDays" is ${given}; it must be from 0 to 36500.`, {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}
