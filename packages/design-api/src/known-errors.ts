import { BrokenRegistryError, findBroken } from '@formwork/registry';
import { GraphQLError } from 'graphql';

/** Codes of the store's errors that a designer can do something about; their messages are made for them. */
const knownCodes = new Set(['SCHEMA_CHANGED', 'CONFLICT', 'NOT_FOUND']);

/** Lets errors that a designer can act on through, with their code; the gateway masks all others. */
export async function withKnownErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof BrokenRegistryError) throw tellBroken(error);
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (error instanceof Error && typeof code === 'string' && knownCodes.has(code)) {
      throw new GraphQLError(error.message, { extensions: { code } });
    }
    throw error;
  }
}

/** How many of its problems the sentence names; all of them stand beside it. */
const mostNamed = 3;

function tellBroken(error: BrokenRegistryError): GraphQLError {
  const problems = findBroken(error);
  const named = problems
    .slice(0, mostNamed)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return new GraphQLError(`${error.message} What is wrong: ${named.join(' ')}`, {
    extensions: { code: error.code, problems },
  });
}
